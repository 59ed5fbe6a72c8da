using System.Runtime.InteropServices;

namespace Berth.Kernel.Tests.Namespaces;

/// <summary>The calling thread's capabilities (<c>man 2 capset</c>).</summary>
internal static partial class ThreadCapabilities
{
    private const uint Version3 = 0x20080522;

    /// <summary>Takes every effective capability from the calling thread, for as long as it lives.</summary>
    internal static void Drop()
    {
        // struct __user_cap_header_struct { version, pid 0 = this thread }; two sets of effective, permitted, inheritable.
        int failed = Set([Version3, 0], stackalloc uint[6]);
        Assert.Equal(0, failed);
    }

    [LibraryImport("libc", EntryPoint = "capset", SetLastError = true)]
    private static partial int Set(ReadOnlySpan<uint> header, ReadOnlySpan<uint> sets);
}
