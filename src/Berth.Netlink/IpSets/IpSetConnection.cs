using Berth.Netlink.Netfilter;

namespace Berth.Netlink.IpSets;

/// <summary>The sets of ipset(8) in the network namespace in which the connection was opened.</summary>
public sealed class IpSetConnection : IDisposable
{
    private const int List = 7; // IPSET_CMD_LIST
    private const int AttributeProtocol = 1;

    // IPSET_PROTOCOL: only the newer one tells a set's number. Kernels before 5.0 refuse it.
    private const byte Protocol = 7;
    private const byte OlderProtocol = 6;
    private const int WrongProtocol = 4097; // IPSET_ERR_PROTOCOL

    private readonly NetlinkConnection _connection;

    /// <summary>Over a connection of <see cref="NetlinkProtocol.Netfilter"/>, which it owns from now on.</summary>
    public IpSetConnection(NetlinkConnection connection) => _connection = connection;

    /// <summary>Opens a connection in the calling thread's network namespace.</summary>
    /// <exception cref="NetlinkErrorException">The kernel refuses.</exception>
    public static IpSetConnection Open() => new(NetlinkConnection.Open(NetlinkProtocol.Netfilter));

    /// <inheritdoc/>
    public void Dispose() => _connection.Dispose();

    /// <summary>All sets with their entries; null when the kernel has no ipset.</summary>
    /// <exception cref="NetlinkException">The kernel refused, or its answer cannot be read.</exception>
    public IReadOnlyList<IpSet>? Sets()
    {
        try
        {
            return Sets(Protocol);
        }
        catch (NetlinkErrorException e) when (e.Errno == Errno.ProtocolNotSupported || (int)e.Errno == WrongProtocol)
        {
            return Sets(OlderProtocol);
        }
    }

    private List<IpSet>? Sets(byte protocol)
    {
        NetlinkRequest request = new(
            "list the ipsets",
            NetfilterHeader.MessageType(NetfilterSubsystem.IpSet, List),
            MessageFlags.None,
            (ref MessageWriter writer) =>
            {
                new NetfilterHeader(KernelFamily.Unspecified, 0).Write(ref writer);
                writer.PutByte(AttributeProtocol, protocol);
            },
            NetfilterHeader.Size,
            null);
        try
        {
            return Join(_connection.Dump(request, static message => IpSetReader.Read(message)));
        }
        catch (NetlinkErrorException e) when (e.Errno is Errno.Invalid or Errno.NotSupported or Errno.ProtocolNotSupported)
        {
            // nfnetlink_rcv_msg() answers EINVAL for a subsystem that is neither there nor can be loaded.
            return null;
        }
    }

    // The messages of one set follow each other (ip_set_dump_do()).
    private static List<IpSet> Join(IReadOnlyList<IpSet> parts)
    {
        List<IpSet> sets = [];
        foreach (IpSet part in parts)
        {
            if (sets.Count > 0 && sets[^1].Name == part.Name)
            {
                sets[^1] = sets[^1] with { Entries = [.. sets[^1].Entries, .. part.Entries] };
            }
            else
            {
                sets.Add(part);
            }
        }

        return sets;
    }
}
