namespace Berth.Netlink;

/// <summary>One message of a datagram.</summary>
public readonly ref struct NetlinkMessage
{
    internal NetlinkMessage(MessageHeader header, ReadOnlySpan<byte> payload)
    {
        Header = header;
        Payload = payload;
    }

    /// <summary>The header.</summary>
    public MessageHeader Header { get; }

    /// <summary>What follows the header: a fixed structure of the protocol, then attributes.</summary>
    public ReadOnlySpan<byte> Payload { get; }

    /// <summary>The attributes behind a fixed structure of <paramref name="structureSize"/> bytes.</summary>
    /// <exception cref="NetlinkFormatException">The message is shorter than the structure.</exception>
    public AttributeReader Attributes(int structureSize)
    {
        int start = Alignment.Align(structureSize);
        return Payload.Length >= structureSize
            ? new AttributeReader(Payload.Length >= start ? Payload[start..] : [])
            : throw new NetlinkFormatException(
                $"message type {Header.Type} has {Payload.Length} bytes where {structureSize} are due");
    }
}
