using System.Runtime.InteropServices;

namespace Berth.Netlink;

internal static partial class Interop
{
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int close(nint descriptor);
}
