using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Berth.HostPorts;

/// <summary>open(2) for writing, and flock(2).</summary>
internal static partial class Interop
{
    internal const int EWOULDBLOCK = 11;

    internal const int O_WRONLY = 1;
    internal const int O_RDWR = 2;
    internal const int O_CREAT = 0x40;

    private const int O_CLOEXEC = 0x80000;
    private const uint OwnerOnly = 0x180; // 0600

    private const int LOCK_EX = 2;
    private const int LOCK_NB = 4;

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int open(string path, int flags, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int flock(SafeFileHandle file, int operation);

    /// <summary>
    /// Opens a file; one that is made is its owner's alone. Unlike the framework it takes no lock, which whoever may read the
    /// file could keep from it.
    /// </summary>
    /// <returns>Null when it cannot be opened; the error number says why.</returns>
    internal static SafeFileHandle? OpenFile(string path, int flags, out int error)
    {
        int descriptor;
        do
        {
            descriptor = open(path, flags | O_CLOEXEC, OwnerOnly);
            error = descriptor < 0 ? Marshal.GetLastPInvokeError() : 0;
        }
        while (error == EINTR);

        return descriptor < 0 ? null : new SafeFileHandle(descriptor, ownsHandle: true);
    }

    /// <summary>Locks an open file for its holder alone.</summary>
    /// <param name="file">The file.</param>
    /// <param name="mayWait">Whether to wait until others have let go of it.</param>
    /// <returns>0, or the error number: <see cref="EWOULDBLOCK"/> when another has it.</returns>
    internal static int LockFile(SafeFileHandle file, bool mayWait)
    {
        int error;
        do
        {
            error = flock(file, mayWait ? LOCK_EX : LOCK_EX | LOCK_NB) == 0 ? 0 : Marshal.GetLastPInvokeError();
        }
        while (error == EINTR);

        return error;
    }
}
