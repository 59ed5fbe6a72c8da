using System.Buffers;

namespace Berth.Netlink;

/// <summary>
/// Requests written one after the other, with the place of each, so that an answer is traced back to its question.
/// </summary>
internal sealed class Datagram : IDisposable
{
    private const int FirstSize = 4096;
    private const int LargestSize = 64 * 1024 * 1024;

    private readonly uint _firstSequence;
    private readonly NetlinkRequest[] _requests;
    private readonly int[] _starts;
    private byte[] _buffer;
    private int _length;

    private Datagram(NetlinkRequest[] requests, uint firstSequence)
    {
        _requests = requests;
        _firstSequence = firstSequence;
        _starts = new int[requests.Length + 1];
        _buffer = ArrayPool<byte>.Shared.Rent(FirstSize);
    }

    internal ReadOnlySpan<byte> Bytes => _buffer.AsSpan(0, _length);

    /// <summary>Writes the requests with sequence numbers from <paramref name="firstSequence"/> upwards.</summary>
    internal static Datagram Write(NetlinkRequest[] requests, uint firstSequence, Func<int, MessageFlags>? more = null)
    {
        Datagram datagram = new(requests, firstSequence);
        for (int i = 0; i < requests.Length; i++)
        {
            MessageFlags flags = more?.Invoke(i) ?? MessageFlags.None;
            while (!datagram.TryWrite(i, flags))
            {
                datagram.Grow();
            }
        }

        return datagram;
    }

    /// <summary>The position of the request with this sequence number, or -1 when it is none of ours.</summary>
    internal int IndexOf(uint sequence)
    {
        uint index = unchecked(sequence - _firstSequence);
        return index < (uint)_requests.Length ? (int)index : -1;
    }

    internal KernelError ToError(int index, in ErrorMessage error) =>
        _requests[index].ToError(error, _buffer.AsSpan(_starts[index], _starts[index + 1] - _starts[index]));

    public void Dispose() => ArrayPool<byte>.Shared.Return(_buffer);

    // What the datagram has so far stays as it is: every message begins at a multiple of four bytes, as in one writer.
    private bool TryWrite(int index, MessageFlags more)
    {
        MessageWriter writer = new(_buffer.AsSpan(_length));
        _requests[index].WriteTo(ref writer, unchecked(_firstSequence + (uint)index), more);
        if (writer.Failure == WriteFailure.AttributeTooLong)
        {
            throw new NetlinkErrorException(new KernelError(
                _requests[index].Operation, Errno.MessageTooLong, "an attribute would exceed 65,535 bytes", null));
        }

        if (writer.Failure == WriteFailure.BufferTooSmall)
        {
            return false;
        }

        _starts[index] = _length;
        _length += writer.Length;
        _starts[index + 1] = _length;
        return true;
    }

    private void Grow()
    {
        int larger = checked(_buffer.Length * 4);
        if (larger > LargestSize)
        {
            throw new NetlinkErrorException(new KernelError(
                _requests[0].Operation, Errno.MessageTooLong, $"more than {LargestSize} bytes in one request", null));
        }

        byte[] buffer = ArrayPool<byte>.Shared.Rent(larger);
        Bytes.CopyTo(buffer);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = buffer;
    }
}
