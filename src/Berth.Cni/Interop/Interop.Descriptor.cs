using System.Runtime.InteropServices;

namespace Berth.Cni.Interop;

/// <summary>read(2) and write(2).</summary>
internal static partial class Descriptor
{
    public const int EINTR = 4;

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    internal static unsafe partial nint Read(int descriptor, byte* buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    internal static unsafe partial nint Write(int descriptor, byte* buffer, nuint count);
}
