namespace Berth.Netlink.Sockets;

/// <summary>The IP sockets of the network namespace in which the connection was opened (sock_diag(7)).</summary>
public sealed class SocketConnection : IDisposable
{
    private const ushort ByFamily = 20; // SOCK_DIAG_BY_FAMILY

    // family, protocol, extensions, padding, states, struct inet_diag_sockid
    private const int StructureSize = 56;
    private const int StatesOffset = 4;

    private readonly NetlinkConnection _connection;

    /// <summary>Over a connection of <see cref="NetlinkProtocol.SocketDiagnosis"/>, which it owns from now on.</summary>
    public SocketConnection(NetlinkConnection connection) => _connection = connection;

    /// <summary>Opens a connection in the calling thread's network namespace.</summary>
    /// <exception cref="NetlinkErrorException">The kernel refuses.</exception>
    public static SocketConnection Open() => new(NetlinkConnection.Open(NetlinkProtocol.SocketDiagnosis));

    /// <inheritdoc/>
    public void Dispose() => _connection.Dispose();

    /// <summary>
    /// The sockets of a protocol that answer whoever comes: listening ones (TCP, SCTP), and those that are bound but not
    /// connected (UDP, UDP-Lite, raw).
    /// </summary>
    /// <param name="protocol">6 TCP, 17 UDP, 132 SCTP, 136 UDP-Lite, 255 raw.</param>
    /// <returns>The sockets of both families; null when the kernel cannot tell of that protocol.</returns>
    /// <exception cref="NetlinkException">The kernel refused, or its answer cannot be read.</exception>
    public IReadOnlyList<DiagnosedSocket>? Answering(byte protocol)
    {
        List<DiagnosedSocket> sockets = [];
        foreach (byte family in (ReadOnlySpan<byte>)[KernelFamily.IPv4, KernelFamily.IPv6])
        {
            try
            {
                sockets.AddRange(_connection.Dump(Request(family, protocol), message => SocketReader.Read(message, protocol)));
            }
            catch (NetlinkErrorException e) when (e.Errno is Errno.NoEntry or Errno.NotSupported or Errno.ProtocolNotSupported)
            {
                // inet_diag_handler: no module for this protocol, nor one to be loaded.
                return null;
            }
        }

        return sockets;
    }

    private static NetlinkRequest Request(byte family, byte protocol) => new(
        $"list the sockets of protocol {protocol}",
        ByFamily,
        MessageFlags.None,
        (ref MessageWriter writer) =>
        {
            const uint Listening = 1 << 10; // TCP_LISTEN
            const uint Unconnected = 1 << 7; // TCP_CLOSE, the state of every UDP and raw socket that is not connected
            const byte Tcp = 6;
            const byte Sctp = 132;
            Span<byte> structure = stackalloc byte[StructureSize];
            structure.Clear();
            structure[0] = family;
            structure[1] = protocol;
            BitConverter.TryWriteBytes(structure[StatesOffset..], protocol is Tcp or Sctp ? Listening : Unconnected);
            writer.PutStructure(structure);
        },
        StructureSize,
        null);
}
