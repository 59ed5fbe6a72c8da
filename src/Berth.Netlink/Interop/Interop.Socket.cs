using System.Runtime.InteropServices;

namespace Berth.Netlink;

internal static partial class Interop
{
    internal const int AF_NETLINK = 16;
    internal const int SOCK_RAW = 3;
    internal const int SOCK_CLOEXEC = 0x80000;
    internal const int SOL_SOCKET = 1;
    internal const int SO_SNDBUF = 7;
    internal const int SO_RCVBUF = 8;
    internal const int SO_RCVTIMEO = 20;
    internal const int SO_SNDBUFFORCE = 32;
    internal const int SO_RCVBUFFORCE = 33;
    internal const int SOL_NETLINK = 270;
    internal const int NETLINK_CAP_ACK = 10;
    internal const int NETLINK_EXT_ACK = 11;
    internal const int NETLINK_GET_STRICT_CHK = 12;
    internal const int MSG_DONTWAIT = 0x40;
    internal const int MSG_TRUNC = 0x20;

    [StructLayout(LayoutKind.Sequential)]
    internal struct sockaddr_nl
    {
        internal ushort nl_family;
        internal ushort nl_pad;
        internal uint nl_pid;
        internal uint nl_groups;
    }

    [LibraryImport("libc", SetLastError = true)]
    internal static partial NetlinkSocketHandle socket(int domain, int type, int protocol);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int bind(NetlinkSocketHandle handle, in sockaddr_nl address, uint length);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int setsockopt(NetlinkSocketHandle handle, int level, int name, ReadOnlySpan<byte> value, uint length);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint send(NetlinkSocketHandle handle, ReadOnlySpan<byte> buffer, nuint length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint recv(NetlinkSocketHandle handle, Span<byte> buffer, nuint length, int flags);
}
