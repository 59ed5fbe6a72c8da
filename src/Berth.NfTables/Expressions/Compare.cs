using Berth.Netlink;

namespace Berth.NfTables;

/// <summary>Goes on with the rule only if a register compares as said.</summary>
/// <param name="Source">The register.</param>
/// <param name="Operator">The comparison.</param>
/// <param name="Value">What it is compared with.</param>
public sealed record Compare(Register Source, CompareOperator Operator, DataValue Value) : Expression
{
    internal const string Kind = "cmp";
    private const int AttributeSource = 1;
    private const int AttributeOperator = 2;
    private const int AttributeValue = 3;

    /// <inheritdoc/>
    public override string Name => Kind;

    /// <summary>The register must hold exactly this.</summary>
    public static Compare IsEqual(Register source, DataValue value) => new(source, CompareOperator.Equal, value);

    /// <summary>The register must hold something else.</summary>
    public static Compare IsNot(Register source, DataValue value) => new(source, CompareOperator.NotEqual, value);

    /// <inheritdoc/>
    protected internal override void WriteData(ref MessageWriter writer)
    {
        writer.PutUInt32BigEndian(AttributeSource, Source.Number);
        writer.PutUInt32BigEndian(AttributeOperator, (uint)Operator);
        DataAttribute.Write(ref writer, AttributeValue, Value);
    }

    internal static Compare? ReadData(ReadOnlySpan<byte> data)
    {
        ExpressionAttributes attributes = ExpressionAttributes.Read(data, AttributeValue);
        return !attributes.HasUnknown && attributes.Register(AttributeSource) is Register source
            ? new Compare(
                source,
                (CompareOperator)attributes.Number(AttributeOperator, 0),
                attributes.Value(AttributeValue) ?? default)
            : null;
    }
}
