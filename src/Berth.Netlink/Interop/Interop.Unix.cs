using System.Runtime.InteropServices;

namespace Berth.Netlink;

#pragma warning disable CS8981 // the kernel's own names
internal static unsafe partial class Interop
{
    internal const int AF_UNIX = 1;
    internal const int SOCK_DGRAM = 2;
    internal const int SCM_RIGHTS = 1;

    [StructLayout(LayoutKind.Sequential)]
    internal struct iovec
    {
        internal void* iov_base;
        internal nuint iov_len;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct msghdr
    {
        internal void* msg_name;
        internal uint msg_namelen;
        internal iovec* msg_iov;
        internal nuint msg_iovlen;
        internal void* msg_control;
        internal nuint msg_controllen;
        internal int msg_flags;
    }

    // struct cmsghdr, and behind it the descriptors of SCM_RIGHTS
    [StructLayout(LayoutKind.Sequential)]
    internal struct cmsg_two_descriptors
    {
        internal nuint cmsg_len;
        internal int cmsg_level;
        internal int cmsg_type;
        internal int first;
        internal int second;
    }

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int socketpair(int domain, int type, int protocol, int* descriptors);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint sendmsg(int descriptor, in msghdr message, int flags);
}
