using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Berth.HostPorts.Iptables;

/// <summary>
/// A file without a name, for a child's input and output: unlike a pipe it holds any amount, so that nobody needs to read
/// while somebody writes.
/// </summary>
internal sealed class MemoryFile : IDisposable
{
    private const int FirstLength = 64 * 1024;

    internal MemoryFile(string name)
    {
        Handle = new SafeFileHandle(Interop.memfd_create(name, Interop.MFD_CLOEXEC), ownsHandle: true);
        if (Handle.IsInvalid)
        {
            throw new HostPortException(
                $"cannot make a file in memory: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
        }
    }

    internal SafeFileHandle Handle { get; }

    // Not by RandomAccess: where the kernel does not let it look whether there is a position, it writes at that of the file and
    // moves it, and the child finds nothing.

    /// <summary>Fills it; its position stays at the start, where the child will read.</summary>
    internal void Write(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        for (int done = 0; done < bytes.Length;)
        {
            int count = Interop.WriteAt(Handle, bytes.AsSpan(done), done);
            done += count > 0 ? count : throw Failed("write", -count);
        }
    }

    internal string Read()
    {
        byte[] bytes = new byte[FirstLength];
        int length = 0;
        while (Interop.ReadAt(Handle, bytes.AsSpan(length), length) is int count and not 0)
        {
            length += count > 0 ? count : throw Failed("read", -count);
            if (length == bytes.Length)
            {
                Array.Resize(ref bytes, 2 * length);
            }
        }

        return Encoding.UTF8.GetString(bytes, 0, length);
    }

    public void Dispose() => Handle.Dispose();

    private static HostPortException Failed(string what, int error) =>
        new($"cannot {what} a file in memory: {Marshal.GetPInvokeErrorMessage(error)}");
}
