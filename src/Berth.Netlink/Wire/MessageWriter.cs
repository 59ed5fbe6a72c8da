using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace Berth.Netlink;

/// <summary>
/// Writes netlink messages and attributes into a buffer of the caller's.
/// Running out of room, or an attribute longer than its 16-bit length can say, is remembered and everything after it
/// is ignored; the caller looks once, at the end, at <see cref="Failure"/>. Padding is always zero: the kernel compares
/// padding bytes of nf_tables keys.
/// </summary>
/// <remarks>
/// rtnetlink's numbers are in host byte order, nf_tables' and conntrack's in network byte order: two sets of methods,
/// and no mode to forget.
/// </remarks>
public ref struct MessageWriter
{
    private const ushort NestedFlag = 0x8000;
    private const int AttributeHeaderSize = 4;

    private readonly Span<byte> _buffer;

    /// <summary>Starts at the beginning of <paramref name="buffer"/>.</summary>
    public MessageWriter(Span<byte> buffer) => _buffer = buffer;

    /// <summary>Bytes written so far, padding included.</summary>
    public int Length { get; private set; }

    /// <summary>What went wrong, if anything did.</summary>
    public WriteFailure Failure { get; private set; }

    /// <summary>What has been written.</summary>
    public readonly ReadOnlySpan<byte> Written => _buffer[..Length];

    /// <summary>Starts a message; the result goes to <see cref="EndMessage"/>.</summary>
    public int BeginMessage(ushort type, MessageFlags flags, uint sequence)
    {
        int start = Length;
        Span<byte> header = Reserve(MessageHeader.Size);
        if (!header.IsEmpty)
        {
            new MessageHeader(MessageHeader.Size, type, flags, sequence, 0).Write(header);
        }

        return start;
    }

    /// <summary>Ends the message that began at <paramref name="start"/>: its length is known now.</summary>
    public readonly void EndMessage(int start)
    {
        if (Failure == WriteFailure.None)
        {
            BitConverter.TryWriteBytes(_buffer[start..], (uint)(Length - start));
        }
    }

    /// <summary>Starts an attribute that holds attributes; the result goes to <see cref="EndNest"/>.</summary>
    public int BeginNest(int type)
    {
        int start = Length;
        WriteAttributeHeader(type | NestedFlag, 0);
        return start;
    }

    /// <summary>Ends the attribute that began at <paramref name="start"/>.</summary>
    public void EndNest(int start)
    {
        int length = Length - start;
        if (length > ushort.MaxValue)
        {
            Fail(WriteFailure.AttributeTooLong);
        }

        if (Failure == WriteFailure.None)
        {
            BitConverter.TryWriteBytes(_buffer[start..], (ushort)length);
        }
    }

    /// <summary>A fixed structure that follows the message header, such as struct nfgenmsg; padded to four bytes.</summary>
    public void PutStructure(scoped ReadOnlySpan<byte> bytes)
    {
        Span<byte> room = Reserve(Alignment.Align(bytes.Length));
        if (!room.IsEmpty)
        {
            room.Clear();
            bytes.CopyTo(room);
        }
    }

    /// <summary>An attribute without a value: its presence is the message.</summary>
    public void PutFlag(int type) => PutBytes(type, []);

    /// <summary>Bytes as they are.</summary>
    public void PutBytes(int type, scoped ReadOnlySpan<byte> value)
    {
        Span<byte> room = WriteAttributeHeader(type, value.Length);
        if (!room.IsEmpty)
        {
            value.CopyTo(room);
        }
    }

    /// <summary>UTF-8 text with the NUL that the kernel expects.</summary>
    public void PutString(int type, string value)
    {
        int count = Encoding.UTF8.GetByteCount(value);
        Span<byte> room = WriteAttributeHeader(type, count + 1);
        if (!room.IsEmpty)
        {
            Encoding.UTF8.GetBytes(value, room);
        }
    }

    /// <summary>One byte.</summary>
    public void PutByte(int type, byte value) => PutBytes(type, [value]);

    /// <summary>16 bits in host byte order.</summary>
    public void PutUInt16(int type, ushort value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ushort)];
        BitConverter.TryWriteBytes(bytes, value);
        PutBytes(type, bytes);
    }

    /// <summary>32 bits in host byte order.</summary>
    public void PutUInt32(int type, uint value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        BitConverter.TryWriteBytes(bytes, value);
        PutBytes(type, bytes);
    }

    /// <summary>16 bits in network byte order.</summary>
    public void PutUInt16BigEndian(int type, ushort value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, value);
        PutBytes(type, bytes);
    }

    /// <summary>32 bits in network byte order.</summary>
    public void PutUInt32BigEndian(int type, uint value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        PutBytes(type, bytes);
    }

    /// <summary>64 bits in network byte order.</summary>
    public void PutUInt64BigEndian(int type, ulong value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
        PutBytes(type, bytes);
    }

    /// <summary>An IP address: 4 bytes, or 16.</summary>
    public void PutIPAddress(int type, IPAddress value)
    {
        Span<byte> bytes = stackalloc byte[16];
        value.TryWriteBytes(bytes, out int written);
        PutBytes(type, bytes[..written]);
    }

    /// <summary>Takes back all that was written after <paramref name="length"/> bytes. A failure stays.</summary>
    public void Truncate(int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Length);
        Length = length;
    }

    private Span<byte> WriteAttributeHeader(int type, int valueLength)
    {
        int length = AttributeHeaderSize + valueLength;
        if (length > ushort.MaxValue)
        {
            Fail(WriteFailure.AttributeTooLong);
            return [];
        }

        Span<byte> room = Reserve(Alignment.Align(length));
        if (room.IsEmpty)
        {
            return [];
        }

        room.Clear();
        BitConverter.TryWriteBytes(room, (ushort)length);
        BitConverter.TryWriteBytes(room[2..], (ushort)type);
        return room.Slice(AttributeHeaderSize, valueLength);
    }

    private Span<byte> Reserve(int count)
    {
        if (Failure != WriteFailure.None)
        {
            return [];
        }

        if (_buffer.Length - Length < count)
        {
            Fail(WriteFailure.BufferTooSmall);
            return [];
        }

        Span<byte> room = _buffer.Slice(Length, count);
        Length += count;
        return room;
    }

    private void Fail(WriteFailure failure)
    {
        if (Failure == WriteFailure.None)
        {
            Failure = failure;
        }
    }
}
