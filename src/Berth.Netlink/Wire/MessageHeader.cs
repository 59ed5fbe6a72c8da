namespace Berth.Netlink;

/// <summary>The header of every netlink message (struct nlmsghdr), in host byte order.</summary>
/// <param name="Length">Bytes of the message, this header included, padding not included.</param>
/// <param name="Type">What the message is; below <see cref="FirstProtocolType"/> it is one of netlink's own.</param>
/// <param name="Flags">The flags.</param>
/// <param name="Sequence">The request's number, repeated in every answer to it.</param>
/// <param name="PortId">The socket's address; 0 is the kernel.</param>
public readonly record struct MessageHeader(int Length, ushort Type, MessageFlags Flags, uint Sequence, uint PortId)
{
    /// <summary>Bytes of the header.</summary>
    public const int Size = 16;

    /// <summary>NLMSG_NOOP: to be ignored.</summary>
    public const ushort TypeNoop = 1;

    /// <summary>NLMSG_ERROR: an error, or with the value 0 an acknowledgement.</summary>
    public const ushort TypeError = 2;

    /// <summary>NLMSG_DONE: the end of a dump, with an error of its own if it is not 0.</summary>
    public const ushort TypeDone = 3;

    /// <summary>NLMSG_OVERRUN: data was lost.</summary>
    public const ushort TypeOverrun = 4;

    /// <summary>NLMSG_MIN_TYPE: types from here on belong to the protocol.</summary>
    public const ushort FirstProtocolType = 0x10;

    /// <summary>Reads a header from the start of <paramref name="source"/>, which must hold <see cref="Size"/> bytes.</summary>
    /// <exception cref="NetlinkFormatException">There are too few bytes, or the length is out of range.</exception>
    public static MessageHeader Read(ReadOnlySpan<byte> source)
    {
        if (source.Length < Size)
        {
            throw new NetlinkFormatException($"a message header needs {Size} bytes, {source.Length} are left");
        }

        uint length = BitConverter.ToUInt32(source);
        if (length < Size || length > int.MaxValue)
        {
            throw new NetlinkFormatException($"a message says that it is {length} bytes long");
        }

        return new MessageHeader(
            (int)length,
            BitConverter.ToUInt16(source[4..]),
            (MessageFlags)BitConverter.ToUInt16(source[6..]),
            BitConverter.ToUInt32(source[8..]),
            BitConverter.ToUInt32(source[12..]));
    }

    /// <summary>Writes the header to the start of <paramref name="destination"/>.</summary>
    public void Write(Span<byte> destination)
    {
        BitConverter.TryWriteBytes(destination, (uint)Length);
        BitConverter.TryWriteBytes(destination[4..], Type);
        BitConverter.TryWriteBytes(destination[6..], (ushort)Flags);
        BitConverter.TryWriteBytes(destination[8..], Sequence);
        BitConverter.TryWriteBytes(destination[12..], PortId);
    }
}
