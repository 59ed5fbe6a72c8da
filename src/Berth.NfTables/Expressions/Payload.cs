using Berth.Netlink;

namespace Berth.NfTables;

/// <summary>Loads bytes of the packet into a register.</summary>
/// <param name="Destination">Where to.</param>
/// <param name="Base">Which header.</param>
/// <param name="Offset">Bytes from the header's start.</param>
/// <param name="Length">Bytes.</param>
public sealed record Payload(Register Destination, PayloadBase Base, int Offset, int Length) : Expression
{
    internal const string Kind = "payload";
    private const int AttributeDestination = 1;
    private const int AttributeBase = 2;
    private const int AttributeOffset = 3;
    private const int AttributeLength = 4;

    /// <inheritdoc/>
    public override string Name => Kind;

    /// <summary>The transport header's source port.</summary>
    public static Payload SourcePort(Register destination) => new(destination, PayloadBase.Transport, 0, 2);

    /// <summary>The transport header's destination port.</summary>
    public static Payload DestinationPort(Register destination) => new(destination, PayloadBase.Transport, 2, 2);

    /// <summary>The source address of an IPv4 or IPv6 packet.</summary>
    public static Payload SourceAddress(Register destination, NfFamily family) => family == NfFamily.Ip6
        ? new(destination, PayloadBase.Network, 8, 16)
        : new(destination, PayloadBase.Network, 12, 4);

    /// <summary>The destination address of an IPv4 or IPv6 packet.</summary>
    public static Payload DestinationAddress(Register destination, NfFamily family) => family == NfFamily.Ip6
        ? new(destination, PayloadBase.Network, 24, 16)
        : new(destination, PayloadBase.Network, 16, 4);

    /// <inheritdoc/>
    protected internal override void WriteData(ref MessageWriter writer)
    {
        writer.PutUInt32BigEndian(AttributeDestination, Destination.Number);
        writer.PutUInt32BigEndian(AttributeBase, (uint)Base);
        writer.PutUInt32BigEndian(AttributeOffset, (uint)Offset);
        writer.PutUInt32BigEndian(AttributeLength, (uint)Length);
    }

    internal static Payload? ReadData(ReadOnlySpan<byte> data)
    {
        ExpressionAttributes attributes = ExpressionAttributes.Read(data, AttributeLength);
        return !attributes.HasUnknown && attributes.Register(AttributeDestination) is Register destination
            && attributes.Number(AttributeOffset, 0) is var offset and <= ushort.MaxValue
            && attributes.Number(AttributeLength, 0) is var length and <= ushort.MaxValue
            ? new Payload(destination, (PayloadBase)attributes.Number(AttributeBase, 0), (int)offset, (int)length)
            : null;
    }
}
