using Berth.Netlink;

namespace Berth.NfTables;

/// <summary>Goes on with the rule only if a register lies within, or outside of, two values.</summary>
/// <param name="Source">The register.</param>
/// <param name="Operator">Equal for within, not equal for outside.</param>
/// <param name="From">The first value within, compared as big-endian bytes.</param>
/// <param name="To">The last value within.</param>
public sealed record RangeCompare(Register Source, CompareOperator Operator, DataValue From, DataValue To) : Expression
{
    internal const string Kind = "range";
    private const int AttributeSource = 1;
    private const int AttributeOperator = 2;
    private const int AttributeFrom = 3;
    private const int AttributeTo = 4;

    /// <inheritdoc/>
    public override string Name => Kind;

    /// <inheritdoc/>
    protected internal override void WriteData(ref MessageWriter writer)
    {
        writer.PutUInt32BigEndian(AttributeSource, Source.Number);
        writer.PutUInt32BigEndian(AttributeOperator, (uint)Operator);
        DataAttribute.Write(ref writer, AttributeFrom, From);
        DataAttribute.Write(ref writer, AttributeTo, To);
    }

    internal static RangeCompare? ReadData(ReadOnlySpan<byte> data)
    {
        ExpressionAttributes attributes = ExpressionAttributes.Read(data, AttributeTo);
        return !attributes.HasUnknown && attributes.Register(AttributeSource) is Register source
            ? new RangeCompare(
                source,
                (CompareOperator)attributes.Number(AttributeOperator, 0),
                attributes.Value(AttributeFrom) ?? default,
                attributes.Value(AttributeTo) ?? default)
            : null;
    }
}
