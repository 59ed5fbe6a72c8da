using System.Runtime.InteropServices;

namespace Berth.Inspection;

internal static unsafe partial class Interop
{
    internal const int AF_INET = 2;
    internal const int SOCK_DGRAM = 2;
    internal const int SOCK_CLOEXEC = 0x80000;
    internal const int SOL_IP = 0;
    internal const int EBT_SO_GET_INFO = 128;
    internal const int EBT_SO_GET_ENTRIES = 129;

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int socket(int family, int type, int protocol);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int getsockopt(int descriptor, int level, int name, void* value, int* length);
}
