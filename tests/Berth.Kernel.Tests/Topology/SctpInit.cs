using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Berth.Kernel.Tests.Topology;

/// <summary>The first packet of an SCTP association, sent and caught by raw sockets: netfilter translates it whether or
/// not the kernel has SCTP sockets.</summary>
internal static partial class SctpInit
{
    private const int SockRaw = 3;
    private const int IpProtoSctp = 132;
    private const int HeaderLength = 12;
    private const int ChunkLength = 20;

    internal static Socket Open(Host host, IPAddress address)
    {
        // The runtime's Socket knows no such protocol, but takes a socket that is there.
        int family = address.AddressFamily == AddressFamily.InterNetwork ? 2 : 10;
        nint descriptor = host.Namespace.Run(() => OpenSocket(family, SockRaw, IpProtoSctp));
        Assert.True(descriptor >= 0);
        Socket socket = new(new SafeSocketHandle(descriptor, ownsHandle: true));
        socket.Bind(new IPEndPoint(address, 0));
        return socket;
    }

    internal static void Send(Socket socket, IPAddress to, ushort port)
    {
        // RFC 9260, sections 3.1 and 3.3.2: ports, tag 0, checksum; INIT with tag, window, streams, first number.
        byte[] packet = new byte[HeaderLength + ChunkLength];
        BinaryPrimitives.WriteUInt16BigEndian(packet, 40000);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), port);
        packet[HeaderLength] = 1;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(14), ChunkLength);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(16), 0x01020304);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(20), 65536);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(24), 1);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(26), 1);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(28), 1);
        BinaryPrimitives.WriteUInt32LittleEndian(packet.AsSpan(8), Crc32C(packet));
        socket.SendTo(packet, new IPEndPoint(to, 0));
    }

    /// <summary>The source address and the destination port of the packet that came, or null.</summary>
    internal static (IPAddress From, int Port)? Receive(Socket socket, int timeout)
    {
        if (!socket.Poll(timeout * 1000, SelectMode.SelectRead))
        {
            return null;
        }

        byte[] buffer = new byte[512];
        EndPoint from = new IPEndPoint(IPAddress.Any, 0);
        if (socket.AddressFamily == AddressFamily.InterNetworkV6)
        {
            from = new IPEndPoint(IPAddress.IPv6Any, 0);
        }

        socket.ReceiveFrom(buffer, ref from);

        // A raw IPv4 socket hands over the IP header too.
        int header = socket.AddressFamily == AddressFamily.InterNetwork ? (buffer[0] & 0xf) * 4 : 0;
        return (((IPEndPoint)from).Address, BinaryPrimitives.ReadUInt16BigEndian(buffer.AsSpan(header + 2)));
    }

    private static uint Crc32C(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in bytes)
        {
            crc = System.Numerics.BitOperations.Crc32C(crc, value);
        }

        return ~crc;
    }

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial int OpenSocket(int family, int type, int protocol);
}
