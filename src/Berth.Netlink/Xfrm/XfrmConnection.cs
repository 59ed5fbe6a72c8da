namespace Berth.Netlink.Xfrm;

/// <summary>The policies of IPsec of the network namespace in which the connection was opened (ip-xfrm(8)).</summary>
public sealed class XfrmConnection : IDisposable
{
    private const ushort GetPolicy = 0x15; // XFRM_MSG_GETPOLICY
    private const ushort GetDefault = 0x28; // XFRM_MSG_GETDEFAULT
    private const int PolicyIdSize = 64; // struct xfrm_userpolicy_id
    private const int DefaultsSize = 3; // struct xfrm_userpolicy_default

    private readonly NetlinkConnection _connection;

    /// <summary>Over a connection of <see cref="NetlinkProtocol.Xfrm"/>, which it owns from now on.</summary>
    public XfrmConnection(NetlinkConnection connection) => _connection = connection;

    /// <summary>Opens a connection in the calling thread's network namespace. The question alone loads xfrm_user.</summary>
    /// <exception cref="NetlinkErrorException">The kernel has no IPsec, or refuses.</exception>
    public static XfrmConnection Open() => new(NetlinkConnection.Open(NetlinkProtocol.Xfrm));

    /// <inheritdoc/>
    public void Dispose() => _connection.Dispose();

    /// <summary>All policies, those of single sockets left out.</summary>
    /// <exception cref="NetlinkErrorException">The kernel refused; EPERM without CAP_NET_ADMIN.</exception>
    /// <exception cref="NetlinkException">The answer was lost or cannot be read.</exception>
    public IReadOnlyList<XfrmPolicy> Policies() =>
        _connection.Dump(Request("list the policies of IPsec", GetPolicy, PolicyIdSize), XfrmPolicyReader.Read);

    /// <summary>What becomes of packets that no policy is of. Kernels before 5.15 cannot be told: nothing is blocked there.</summary>
    /// <exception cref="NetlinkErrorException">The kernel refused; EPERM without CAP_NET_ADMIN.</exception>
    /// <exception cref="NetlinkException">The answer was lost or cannot be read.</exception>
    public XfrmDefaults Defaults()
    {
        try
        {
            return _connection.Get(Request("ask for IPsec's default", GetDefault, DefaultsSize), XfrmPolicyReader.ReadDefaults)
                ?? new XfrmDefaults(false, false, false);
        }
        catch (NetlinkErrorException e) when (e.Errno == Errno.Invalid)
        {
            return new XfrmDefaults(false, false, false);
        }
    }

    private static NetlinkRequest Request(string operation, ushort type, int size) => new(
        operation,
        type,
        MessageFlags.None,
        (ref MessageWriter writer) =>
        {
            Span<byte> structure = stackalloc byte[PolicyIdSize];
            structure.Clear();
            writer.PutStructure(structure[..size]);
        },
        size,
        null);
}
