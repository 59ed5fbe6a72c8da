using System.Runtime.InteropServices;

namespace Berth.Cni.Interop;

/// <summary>statx(2): unlike stat's, its structure is the same on every architecture and C library.</summary>
internal static partial class Statx
{
    public const int AT_FDCWD = -100;
    public const uint STATX_INO = 0x100;

    /// <summary>struct statx (linux/stat.h), of which only the identity of a file is read.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    internal struct Data
    {
        [FieldOffset(32)]
        public ulong Inode;

        [FieldOffset(136)]
        public uint DeviceMajor;

        [FieldOffset(140)]
        public uint DeviceMinor;
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Call(int directory, string path, int flags, uint mask, out Data data);
}
