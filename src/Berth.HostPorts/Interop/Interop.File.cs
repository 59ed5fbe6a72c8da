using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Berth.HostPorts;

/// <summary>pread(2) and pwrite(2); open(2) and read(2), for files of the kernel that fit into one read and may well not be there.</summary>
internal static partial class Interop
{
    internal const int ENOENT = 2;
    internal const int ENOTDIR = 20;

    private const int O_RDONLY_CLOEXEC = 0x80000;

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint read(int descriptor, Span<byte> buffer, nuint count);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint pread(SafeFileHandle file, Span<byte> buffer, nuint count, long offset);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint pwrite(SafeFileHandle file, ReadOnlySpan<byte> buffer, nuint count, long offset);

    [LibraryImport("libc")]
    private static partial int close(int descriptor);

    /// <summary>Reads at an offset; the file's position stays.</summary>
    /// <returns>The number of bytes, 0 at the end, or the negated error number.</returns>
    internal static int ReadAt(SafeFileHandle file, Span<byte> buffer, long offset)
    {
        nint length;
        do
        {
            length = pread(file, buffer, (nuint)buffer.Length, offset);
        }
        while (length < 0 && Marshal.GetLastPInvokeError() == EINTR);

        return length < 0 ? -Marshal.GetLastPInvokeError() : (int)length;
    }

    /// <summary>Writes at an offset; the file's position stays.</summary>
    /// <returns>The number of bytes, or the negated error number.</returns>
    internal static int WriteAt(SafeFileHandle file, ReadOnlySpan<byte> buffer, long offset)
    {
        nint length;
        do
        {
            length = pwrite(file, buffer, (nuint)buffer.Length, offset);
        }
        while (length < 0 && Marshal.GetLastPInvokeError() == EINTR);

        return length < 0 ? -Marshal.GetLastPInvokeError() : (int)length;
    }

    /// <summary>
    /// Reads the beginning of a file, without the exceptions, the lock and the buffers of the framework's readers, which cost
    /// more than the file does.
    /// </summary>
    /// <returns>The number of bytes, or the negated error number.</returns>
    internal static int ReadFile(string path, Span<byte> buffer)
    {
        int descriptor = open(path, O_RDONLY_CLOEXEC);
        if (descriptor < 0)
        {
            return -Marshal.GetLastPInvokeError();
        }

        nint length;
        do
        {
            length = read(descriptor, buffer, (nuint)buffer.Length);
        }
        while (length < 0 && Marshal.GetLastPInvokeError() == EINTR);

        int error = Marshal.GetLastPInvokeError();
        _ = close(descriptor);
        return length < 0 ? -error : (int)length;
    }
}
