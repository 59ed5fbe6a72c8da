using System.Runtime.InteropServices;

namespace Berth.Cli;

/// <summary>poll(2).</summary>
internal static partial class Interop
{
    private const int StandardOutput = 1;
    private const short Error = 0x8; // POLLERR: of a pipe, that nobody can read it any more

    /// <summary>
    /// Whether somebody may still read standard output. Writing would not tell: <see cref="StandardStream"/> swallows EPIPE.
    /// </summary>
    internal static bool IsOutputRead()
    {
        PollDescriptor descriptor = new() { Descriptor = StandardOutput };
        return Poll(ref descriptor, 1, 0) <= 0 || (descriptor.Returned & Error) == 0;
    }

    [LibraryImport("libc", EntryPoint = "poll")]
    private static partial int Poll(ref PollDescriptor descriptors, nuint count, int timeout);

    [StructLayout(LayoutKind.Sequential)]
    private struct PollDescriptor
    {
        public int Descriptor;
        public short Asked;
        public short Returned;
    }
}
