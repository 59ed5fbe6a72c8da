using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Berth.Walk.Tests.Judge;

/// <summary>
/// Receives from raw sockets of IPv6, which give no network header, with the destination. .NET takes such sockets for ones
/// of both families, and fails.
/// </summary>
internal sealed partial class Ipv6Receiver : IDisposable
{
    private const int LevelIpv6 = 41;
    private const int ReceivePacketInfo = 49; // IPV6_RECVPKTINFO
    private const int PacketInfo = 50; // IPV6_PKTINFO
    private const int DoNotWait = 0x40;
    private const int DataSize = 4096;
    private const int NameSize = 28; // struct sockaddr_in6
    private const int ControlSize = 128;
    private const int HeaderSize = 56; // struct msghdr of 64 bits

    private readonly nint _memory = Marshal.AllocHGlobal(DataSize + 32 + ControlSize + 16 + HeaderSize);

    private nint Name => _memory + DataSize;

    private nint Control => Name + 32;

    private nint Vector => Control + ControlSize;

    private nint Header => Vector + 16;

    internal static void Prepare(Socket socket) =>
        socket.SetRawSocketOption(LevelIpv6, ReceivePacketInfo, BitConverter.GetBytes(1));

    /// <summary>The next packet; null when there is none.</summary>
    internal (IPAddress Source, IPAddress Destination, byte[] Data)? Receive(Socket socket)
    {
        Marshal.WriteIntPtr(Vector, _memory);
        Marshal.WriteInt64(Vector, 8, DataSize);
        Marshal.WriteIntPtr(Header, Name);
        Marshal.WriteInt64(Header, 8, NameSize);
        Marshal.WriteIntPtr(Header, 16, Vector);
        Marshal.WriteInt64(Header, 24, 1);
        Marshal.WriteIntPtr(Header, 32, Control);
        Marshal.WriteInt64(Header, 40, ControlSize);
        Marshal.WriteInt64(Header, 48, 0);
        nint length = recvmsg(socket.SafeHandle, Header, DoNotWait);
        if (length < 0)
        {
            return null;
        }

        byte[] data = Bytes(_memory, (int)length);
        IPAddress source = new(Bytes(Name + 8, 16));
        long controlLength = Marshal.ReadInt64(Header, 40);

        // The only control message that was asked for: length, level, type, struct in6_pktinfo.
        return controlLength >= 36 && Marshal.ReadInt32(Control, 8) == LevelIpv6 && Marshal.ReadInt32(Control, 12) == PacketInfo
            ? (source, new IPAddress(Bytes(Control + 16, 16)), data)
            : null;
    }

    public void Dispose() => Marshal.FreeHGlobal(_memory);

    private static byte[] Bytes(nint from, int length)
    {
        byte[] bytes = new byte[length];
        Marshal.Copy(from, bytes, 0, length);
        return bytes;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint recvmsg(SafeHandle socket, nint header, int flags);
}
