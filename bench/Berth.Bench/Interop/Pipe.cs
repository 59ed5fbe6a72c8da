using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Berth.Bench.Interop;

/// <summary>A pipe whose two ends are closed on exec, and each at most once here.</summary>
internal sealed unsafe class Pipe : IDisposable
{
    /// <summary>What a pipe holds before its writer blocks, in bytes: the default of pipe(7).</summary>
    private const int Capacity = 65536;

    public Pipe()
    {
        int* ends = stackalloc int[2];
        if (Libc.pipe2(ends, Libc.O_CLOEXEC) != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }

        (ReadEnd, WriteEnd) = (ends[0], ends[1]);
    }

    public int ReadEnd { get; private set; }

    public int WriteEnd { get; private set; }

    /// <summary>Puts all of the bytes into the pipe, before anybody reads them, and closes the writing end.</summary>
    /// <exception cref="Win32Exception">The kernel makes no pipe that large.</exception>
    public void Fill(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > Capacity && Libc.fcntl(WriteEnd, Libc.F_SETPIPE_SZ, bytes.Length) < bytes.Length)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }

        fixed (byte* start = bytes)
        {
            // An empty pipe takes up to its capacity in one write.
            if (bytes.Length > 0 && Libc.write(WriteEnd, start, (nuint)bytes.Length) != bytes.Length)
            {
                throw new Win32Exception(Marshal.GetLastPInvokeError());
            }
        }

        CloseWriteEnd();
    }

    /// <summary>Reads until every writer has closed its end.</summary>
    public byte[] Drain()
    {
        CloseWriteEnd();
        using MemoryStream all = new();
        byte[] buffer = new byte[Capacity];
        while (true)
        {
            nint length;
            fixed (byte* start = buffer)
            {
                length = Libc.read(ReadEnd, start, (nuint)buffer.Length);
            }

            if (length < 0)
            {
                int error = Marshal.GetLastPInvokeError();
                if (error == Libc.EINTR)
                {
                    continue;
                }

                throw new Win32Exception(error);
            }

            if (length == 0)
            {
                return all.ToArray();
            }

            all.Write(buffer, 0, (int)length);
        }
    }

    public void Dispose()
    {
        CloseWriteEnd();
        if (ReadEnd >= 0)
        {
            _ = Libc.close(ReadEnd);
            ReadEnd = -1;
        }
    }

    private void CloseWriteEnd()
    {
        if (WriteEnd >= 0)
        {
            _ = Libc.close(WriteEnd);
            WriteEnd = -1;
        }
    }
}
