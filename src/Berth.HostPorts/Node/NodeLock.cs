using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Berth.HostPorts;

/// <summary>
/// A lock that processes hold in the order in which they asked for it. Held by an open file: it goes when the process goes,
/// however that ends. Its file is its owner's alone, for whoever may open it, if only for reading, may lock it.
/// </summary>
internal sealed class NodeLock : IDisposable
{
    private readonly SafeFileHandle _file;

    private NodeLock(SafeFileHandle file) => _file = file;

    /// <summary>Waits for the lock of a file. The file stays, empty.</summary>
    /// <exception cref="HostPortException">The file cannot be made, or others held the lock for too long.</exception>
    internal static NodeLock Take(string path, TimeSpan patience)
    {
        SafeFileHandle file = Open(path);
        int error = Interop.LockFile(file, mayWait: false);
        if (error == Interop.EWOULDBLOCK && patience > TimeSpan.Zero)
        {
            error = Wait(file, patience);
        }

        if (error == 0)
        {
            return new NodeLock(file);
        }

        file.Dispose();
        throw error == Interop.EWOULDBLOCK
            ? new HostPortException(
                $"cannot lock {path} within {patience.TotalSeconds:0} seconds", $"Another call of portmap holds it: `fuser -v {path}` shows which.")
            : new HostPortException($"cannot lock {path}", Marshal.GetPInvokeErrorMessage(error));
    }

    /// <summary>Makes sure that a lock can be taken, sooner or later; makes its file.</summary>
    /// <exception cref="HostPortException">The file cannot be made.</exception>
    internal static void Probe(string path) => Open(path).Dispose();

    public void Dispose() => _file.Dispose();

    private static SafeFileHandle Open(string path) =>
        Interop.OpenFile(path, Interop.O_RDWR | Interop.O_CREAT, out int error)
        ?? throw new HostPortException(
            $"cannot make the lock file {path}",
            $"{Marshal.GetPInvokeErrorMessage(error)}. With it calls of portmap take turns. Make the directory writable for portmap.");

    // The kernel wakes those who wait one by one, in the order in which they came (fs/locks.c), and until then they take no
    // time from whoever is at work. It does not end the wait, though: a thread has to be left behind in it. Should that
    // one get the lock after all, the file that it holds is closed at once.
    private static int Wait(SafeFileHandle file, TimeSpan patience)
    {
        int error = 0;
        Thread waiter = new(() => error = Interop.LockFile(file, mayWait: true)) { IsBackground = true };
        waiter.Start();
        return waiter.Join(patience) ? error : Interop.EWOULDBLOCK;
    }
}
