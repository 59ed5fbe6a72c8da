using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Berth.HostPorts;

internal static partial class Interop
{
    internal const int AF_INET = 2;
    internal const int AF_INET6 = 10;
    internal const int SOCK_RAW = 3;
    internal const int SOCK_CLOEXEC = 0x80000;
    internal const int IPPROTO_RAW = 255;
    internal const int SOL_IP = 0;
    internal const int SOL_IPV6 = 41;
    internal const int IPT_SO_GET_INFO = 64;
    internal const int IPT_SO_GET_ENTRIES = 65;

    // struct ipt_getinfo: name[32], valid_hooks, hook_entry[5], underflow[5], num_entries, size
    internal const int GetInfoSize = 84;
    internal const int GetInfoSizeOffset = 80;

    // struct ipt_get_entries: name[32], size, padded to 8, then the entries
    internal const int GetEntriesHeader = 40;
    internal const int GetEntriesSizeOffset = 32;

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int socket(int domain, int type, int protocol);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int getsockopt(SafeFileHandle handle, int level, int name, Span<byte> value, ref uint length);
}
