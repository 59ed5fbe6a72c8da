using System.Runtime.InteropServices;
using Berth.Cni.Interop;

namespace Berth.Cni;

/// <summary>
/// One of the process's standard streams, read and written as a C program would. Console's streams install signal
/// handlers and start a thread at the first write, which takes time; a FileStream keeps an offset
/// of its own, so that whoever writes to the same file next would write over its output.
/// </summary>
internal sealed class DescriptorStream(int descriptor) : Stream
{
    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override unsafe int Read(Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            while (true)
            {
                nint read = Descriptor.Read(descriptor, start, (nuint)buffer.Length);
                if (read >= 0)
                {
                    return (int)read;
                }

                ThrowUnlessInterrupted();
            }
        }
    }

    public override unsafe void Write(ReadOnlySpan<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            int done = 0;
            while (done < buffer.Length)
            {
                nint written = Descriptor.Write(descriptor, start + done, (nuint)(buffer.Length - done));
                if (written >= 0)
                {
                    done += (int)written;
                }
                else
                {
                    ThrowUnlessInterrupted();
                }
            }
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    /// <summary>
    /// Occupies the standard descriptors that are closed: else the next socket or file would get their number, and what is
    /// meant for a person or a runtime be written there. Reading and writing them fails as before.
    /// </summary>
    public static void OccupyStandard()
    {
        for (int descriptor = 0; descriptor <= 2; descriptor++)
        {
            // The lowest number that is free is this one.
            if (Descriptor.Control(descriptor, Descriptor.F_GETFD) < 0)
            {
                _ = Descriptor.Open("/", Descriptor.O_PATH);
            }
        }
    }

    private static void ThrowUnlessInterrupted()
    {
        int error = Marshal.GetLastPInvokeError();
        if (error != Descriptor.EINTR)
        {
            throw new IOException(Marshal.GetPInvokeErrorMessage(error));
        }
    }
}
