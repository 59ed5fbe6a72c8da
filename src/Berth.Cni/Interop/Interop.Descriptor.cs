using System.Runtime.InteropServices;

namespace Berth.Cni.Interop;

/// <summary>read(2), write(2), and whether a descriptor is open at all.</summary>
internal static partial class Descriptor
{
    public const int EINTR = 4;
    public const int F_GETFD = 1;
    public const int O_PATH = 0x200000; // of x86-64 and arm64 alike

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    internal static unsafe partial nint Read(int descriptor, byte* buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    internal static unsafe partial nint Write(int descriptor, byte* buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "fcntl")]
    internal static partial int Control(int descriptor, int command);

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Open(string path, int flags);
}
