using System.Runtime.InteropServices;

namespace Berth.Cli;

/// <summary>read(2) and write(2).</summary>
internal static partial class Interop
{
    internal const int EINTR = 4;
    internal const int EAGAIN = 11;
    internal const int EPIPE = 32;

    private const short Input = 0x1; // POLLIN
    private const short Output = 0x4; // POLLOUT

    /// <summary>Waits until a descriptor that does not block can be read or written.</summary>
    internal static void WaitFor(int descriptor, bool toWrite)
    {
        PollDescriptor wanted = new() { Descriptor = descriptor, Asked = toWrite ? Output : Input };
        _ = Poll(ref wanted, 1, -1);
    }

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    internal static partial nint Read(int descriptor, Span<byte> buffer, nint count);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    internal static partial nint Write(int descriptor, ReadOnlySpan<byte> buffer, nint count);
}
