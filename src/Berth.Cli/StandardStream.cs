using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Berth.Cli;

/// <summary>
/// Standard input, output or error as bytes. The console's own streams send escape sequences to a terminal the first time
/// that they are used (they put its keypad into another mode), also where nothing of the kind is wanted. As theirs, what
/// nobody reads any more is written nowhere.
/// </summary>
/// <param name="descriptor">0, 1 or 2.</param>
internal sealed class StandardStream(int descriptor) : Stream
{
    public override bool CanRead => descriptor == 0;

    public override bool CanSeek => false;

    public override bool CanWrite => descriptor != 0;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        while (true)
        {
            nint read = Interop.Read(descriptor, buffer, buffer.Length);
            if (read >= 0)
            {
                return (int)read;
            }

            GoOn(toWrite: false);
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            nint written = Interop.Write(descriptor, buffer, buffer.Length);
            if (written >= 0)
            {
                buffer = buffer[(int)written..];
            }
            else if (Marshal.GetLastPInvokeError() == Interop.EPIPE)
            {
                return;
            }
            else
            {
                GoOn(toWrite: true);
            }
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private void GoOn(bool toWrite)
    {
        int error = Marshal.GetLastPInvokeError();
        if (error == Interop.EAGAIN)
        {
            Interop.WaitFor(descriptor, toWrite);
        }
        else if (error != Interop.EINTR)
        {
            string name = descriptor switch { 0 => "standard input", 1 => "standard output", _ => "standard error" };
            throw new IOException($"{name}: {new Win32Exception(error).Message}");
        }
    }
}
