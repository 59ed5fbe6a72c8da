using Berth.Netlink;

namespace Berth.NfTables;

/// <summary>Loads something that is known of the packet's connection into a register, or sets it from one.</summary>
/// <param name="Key">What.</param>
/// <param name="Destination">The register to load into; null when it is set.</param>
/// <param name="Source">The register to set it from; null when it is loaded.</param>
public sealed record ConntrackExpression(ConntrackKey Key, Register? Destination, Register? Source = null) : Expression
{
    internal const string Kind = "ct";
    private const int AttributeDestination = 1;
    private const int AttributeKey = 2;
    private const int AttributeDirection = 3;
    private const int AttributeSource = 4;

    /// <summary>0 for the original direction, 1 for the reply; null where the key has none.</summary>
    public byte? Direction { get; init; }

    /// <inheritdoc/>
    public override string Name => Kind;

    /// <inheritdoc/>
    protected internal override void WriteData(ref MessageWriter writer)
    {
        writer.PutUInt32BigEndian(AttributeKey, (uint)Key);
        if (Destination is Register destination)
        {
            writer.PutUInt32BigEndian(AttributeDestination, destination.Number);
        }

        if (Source is Register source)
        {
            writer.PutUInt32BigEndian(AttributeSource, source.Number);
        }

        if (Direction is byte direction)
        {
            writer.PutByte(AttributeDirection, direction);
        }
    }

    internal static ConntrackExpression? ReadData(ReadOnlySpan<byte> data)
    {
        ExpressionAttributes attributes = ExpressionAttributes.Read(data, AttributeSource);
        if (attributes.HasUnknown)
        {
            return null;
        }

        byte? direction = attributes.Has(AttributeDirection) && attributes.Bytes(AttributeDirection) is [byte value]
            ? value
            : null;
        return new ConntrackExpression(
            (ConntrackKey)attributes.Number(AttributeKey, 0),
            attributes.Register(AttributeDestination),
            attributes.Register(AttributeSource))
        { Direction = direction };
    }
}
