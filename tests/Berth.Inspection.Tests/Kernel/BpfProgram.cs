using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Text;

namespace Berth.Inspection.Tests.Kernel;

/// <summary>A program of eBPF that lets everything pass, attached as long as the object is not disposed.</summary>
internal sealed unsafe partial class BpfProgram : IDisposable
{
    private const int Load = 5; // BPF_PROG_LOAD
    private const int CreateLink = 28; // BPF_LINK_CREATE
    private readonly List<int> _descriptors = [];

    /// <param name="name">At most 15 bytes.</param>
    /// <param name="type">BPF_PROG_TYPE_*.</param>
    /// <param name="place">BPF_*: where it is attached.</param>
    /// <param name="verdict">What it returns: what lets a packet pass there.</param>
    /// <param name="target">A link's index, or a descriptor.</param>
    internal BpfProgram(string name, uint type, uint place, int verdict, int target)
    {
        // r0 = verdict; exit
        byte[] code = [0xb7, 0, 0, 0, (byte)verdict, 0, 0, 0, 0x95, 0, 0, 0, 0, 0, 0, 0];
        byte[] licence = "GPL\0"u8.ToArray();
        fixed (byte* instructions = code, text = licence)
        {
            byte[] load = new byte[72];
            BitConverter.TryWriteBytes(load.AsSpan(0), type);
            BitConverter.TryWriteBytes(load.AsSpan(4), code.Length / 8);
            BitConverter.TryWriteBytes(load.AsSpan(8), (ulong)instructions);
            BitConverter.TryWriteBytes(load.AsSpan(16), (ulong)text);
            Encoding.ASCII.GetBytes(name).CopyTo(load, 48);
            BitConverter.TryWriteBytes(load.AsSpan(68), place);
            int program = Call(Load, load);
            byte[] link = new byte[32];
            BitConverter.TryWriteBytes(link.AsSpan(0), program);
            BitConverter.TryWriteBytes(link.AsSpan(4), target);
            BitConverter.TryWriteBytes(link.AsSpan(8), place);
            Call(CreateLink, link);
        }
    }

    public void Dispose()
    {
        foreach (int descriptor in Enumerable.Reverse(_descriptors))
        {
            _ = Close(descriptor);
        }
    }

    internal static int OpenDirectory(string path) => Open(path, 0x80000) is int descriptor and >= 0 ? descriptor : throw new Win32Exception();

    [LibraryImport("libc", EntryPoint = "close")]
    internal static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint Call(nint number, nint command, byte* attributes, nint size);

    private int Call(int command, byte[] attributes)
    {
        fixed (byte* start = attributes)
        {
            nint result = Call(RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 321 : 280, command, start, attributes.Length);
            if (result < 0)
            {
                Win32Exception error = new();
                Dispose();
                throw error;
            }

            _descriptors.Add((int)result);
            return (int)result;
        }
    }
}
