using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Berth.Netlink;

internal static partial class Interop
{
    internal static partial class Namespaces
    {
        internal const int O_RDONLY = 0;
        internal const int O_CLOEXEC = 0x80000;
        internal const int CLONE_NEWNET = 0x40000000;
        internal const ulong MS_BIND = 0x1000;
        internal const int MNT_DETACH = 2;

        // The first 32 bytes of `struct statx`'s tail are not needed; 256 bytes is its fixed size (linux/stat.h).
        internal const int StatxSize = 256;
        internal const int StatxInodeOffset = 32;
        internal const int StatxDeviceMajorOffset = 136;
        internal const int StatxDeviceMinorOffset = 140;
        internal const int AT_EMPTY_PATH = 0x1000;
        internal const uint STATX_INO = 0x100;

        [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
        internal static partial SafeFileHandle Open(string path, int flags);

        [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
        internal static partial int SetNs(SafeHandle descriptor, int type);

        [LibraryImport("libc", EntryPoint = "unshare", SetLastError = true)]
        internal static partial int Unshare(int flags);

        [LibraryImport("libc", EntryPoint = "mount", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
        internal static partial int Mount(string source, string target, string? type, ulong flags, nint data);

        [LibraryImport("libc", EntryPoint = "umount2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
        internal static partial int Unmount(string target, int flags);

        [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
        internal static partial int Statx(SafeHandle directory, string path, int flags, uint mask, Span<byte> buffer);
    }
}
