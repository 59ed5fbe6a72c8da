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

    /// <summary>Fills it; its position stays at the start, where the child will read.</summary>
    internal void Write(string text) => RandomAccess.Write(Handle, Encoding.UTF8.GetBytes(text), 0);

    internal string Read()
    {
        byte[] bytes = new byte[RandomAccess.GetLength(Handle)];
        int length = 0;
        while (RandomAccess.Read(Handle, bytes.AsSpan(length), length) is int count and > 0)
        {
            length += count;
        }

        return Encoding.UTF8.GetString(bytes, 0, length);
    }

    public void Dispose() => Handle.Dispose();
}
