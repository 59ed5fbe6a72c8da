using Berth.Netlink;

namespace Berth.NfTables;

/// <summary>Computes (source &amp; mask) ^ xor.</summary>
/// <param name="Source">The register that is read.</param>
/// <param name="Destination">The register that is written.</param>
/// <param name="Mask">The mask; its length is the operation's.</param>
/// <param name="Xor">The xor value, of the same length.</param>
public sealed record Bitwise(Register Source, Register Destination, DataValue Mask, DataValue Xor) : Expression
{
    internal const string Kind = "bitwise";
    private const int AttributeSource = 1;
    private const int AttributeDestination = 2;
    private const int AttributeLength = 3;
    private const int AttributeMask = 4;
    private const int AttributeXor = 5;
    private const int AttributeOperation = 6; // 0, NFT_BITWISE_BOOL (later NFT_BITWISE_MASK_XOR), is the only one here

    /// <inheritdoc/>
    public override string Name => Kind;

    /// <summary>Keeps the bits of <paramref name="mask"/> in a register.</summary>
    public static Bitwise And(Register register, DataValue mask) =>
        new(register, register, mask, DataValue.FromBytes(new byte[mask.Length]));

    /// <inheritdoc/>
    protected internal override void WriteData(ref MessageWriter writer)
    {
        writer.PutUInt32BigEndian(AttributeSource, Source.Number);
        writer.PutUInt32BigEndian(AttributeDestination, Destination.Number);
        writer.PutUInt32BigEndian(AttributeLength, (uint)Mask.Length);
        DataAttribute.Write(ref writer, AttributeMask, Mask);
        DataAttribute.Write(ref writer, AttributeXor, Xor);
    }

    internal static Bitwise? ReadData(ReadOnlySpan<byte> data)
    {
        ExpressionAttributes attributes = ExpressionAttributes.Read(data, AttributeOperation);
        return !attributes.HasUnknown && attributes.Number(AttributeOperation, 0) == 0
            && attributes.Register(AttributeSource) is Register source
            && attributes.Register(AttributeDestination) is Register destination
            && attributes.Value(AttributeMask) is DataValue mask && attributes.Value(AttributeXor) is DataValue xor
            ? new Bitwise(source, destination, mask, xor)
            : null;
    }
}
