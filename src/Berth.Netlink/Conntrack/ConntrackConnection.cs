using System.Net.Sockets;

namespace Berth.Netlink.Conntrack;

/// <summary>The connection tracking table of the network namespace in which the connection was opened.</summary>
public sealed class ConntrackConnection : IDisposable
{
    private readonly NetlinkConnection _connection;

    /// <summary>Over a connection of <see cref="NetlinkProtocol.Netfilter"/>, which it owns from now on.</summary>
    public ConntrackConnection(NetlinkConnection connection) => _connection = connection;

    /// <summary>Opens a connection in the calling thread's network namespace.</summary>
    /// <exception cref="NetlinkErrorException">
    /// The kernel refuses, or has no netfilter over netlink at all (see <see cref="IsMissing"/>).
    /// </exception>
    public static ConntrackConnection Open() => new(NetlinkConnection.Open(NetlinkProtocol.Netfilter));

    /// <summary>
    /// Whether an error of this class says that the kernel lacks connection tracking over netlink
    /// (CONFIG_NF_CT_NETLINK), so that there is nothing to list or delete.
    /// </summary>
    public static bool IsMissing(NetlinkErrorException error) =>
        error.Errno is Errno.NotSupported or Errno.ProtocolNotSupported;

    /// <inheritdoc/>
    public void Dispose() => _connection.Dispose();

    /// <summary>The flows that meet every condition. The kernel filters where it can; each is checked here in any case.</summary>
    /// <exception cref="ArgumentException">The filter's family is neither IPv4 nor IPv6, or an address is not of it.</exception>
    /// <exception cref="NetlinkErrorException">
    /// The kernel refused, or lacks connection tracking over netlink (see <see cref="IsMissing"/>).
    /// </exception>
    /// <exception cref="NetlinkException">The answer was lost or cannot be read.</exception>
    public IReadOnlyList<Flow> Flows(FlowFilter filter)
    {
        RequireFamily(filter);
        Flow? Read(NetlinkMessage message) => FlowReader.Read(message) is Flow flow && filter.Matches(flow) ? flow : null;
        if (ConntrackRequests.Filtered(filter) is NetlinkRequest filtered)
        {
            try
            {
                return _connection.Dump(filtered, Read);
            }
            catch (NetlinkErrorException e) when (e.Errno is Errno.Invalid or Errno.NotSupported or Errno.Range)
            {
                // A kernel that knows the attribute and not this use of it; all that it costs is time.
            }
        }

        try
        {
            return _connection.Dump(ConntrackRequests.All(filter), Read);
        }
        catch (NetlinkErrorException e) when (e.Errno == Errno.Invalid)
        {
            throw Missing(e.Errors[0]);
        }
    }

    /// <summary>
    /// Deletes exactly this flow: both tuples, zone and id must be the same. One that began in the same way meanwhile and
    /// goes elsewhere stays.
    /// </summary>
    /// <returns>False when it was gone already.</returns>
    /// <exception cref="NetlinkErrorException">The kernel refused.</exception>
    /// <exception cref="NetlinkException">The answer was lost or cannot be read.</exception>
    public bool Delete(Flow flow)
    {
        KernelError? error = _connection.Exchange([ConntrackRequests.Delete(flow)], static (_, _) => { })[0];
        return error switch
        {
            null => true,
            { Errno: Errno.NoEntry } => false,
            _ => throw new NetlinkErrorException(error),
        };
    }

    private static void RequireFamily(FlowFilter filter)
    {
        bool isIP = filter.Family is AddressFamily.InterNetwork or AddressFamily.InterNetworkV6;
        if (!isIP
            || (filter.OriginalDestination ?? filter.ReplySource)?.AddressFamily is AddressFamily family && family != filter.Family
            || filter.ReplySource is not null && filter.ReplySource.AddressFamily != filter.Family)
        {
            throw new ArgumentException($"the filter's addresses must be of its family, IPv4 or IPv6: {filter}", nameof(filter));
        }
    }

    // nfnetlink_rcv_msg() answers EINVAL when a subsystem is neither there nor can be loaded; a dump of a whole family
    // has nothing else that could be invalid.
    private static NetlinkErrorException Missing(KernelError error) => new(error with
    {
        Errno = Errno.NotSupported,
        KernelText = error.KernelText ?? "no connection tracking over netlink (CONFIG_NF_CT_NETLINK)",
    });
}
