using Berth.Netlink;

namespace Berth.NfTables;

/// <summary>Puts a value into a register, or decides.</summary>
public sealed record Immediate : Expression
{
    internal const string Kind = "immediate";
    private const int AttributeDestination = 1;
    private const int AttributeData = 2;
    private const uint VerdictRegister = 0;

    /// <summary>A value for a register.</summary>
    public Immediate(Register destination, DataValue value)
    {
        Destination = destination;
        Value = value;
    }

    /// <summary>A verdict.</summary>
    public Immediate(Verdict verdict) => Verdict = verdict;

    /// <summary>The register; null for a verdict.</summary>
    public Register? Destination { get; }

    /// <summary>The value.</summary>
    public DataValue Value { get; }

    /// <summary>The verdict; null for a value.</summary>
    public Verdict? Verdict { get; }

    /// <inheritdoc/>
    public override string Name => Kind;

    /// <inheritdoc/>
    protected internal override void WriteData(ref MessageWriter writer)
    {
        writer.PutUInt32BigEndian(AttributeDestination, Destination?.Number ?? VerdictRegister);
        if (Verdict is not null)
        {
            DataAttribute.Write(ref writer, AttributeData, Verdict);
        }
        else
        {
            DataAttribute.Write(ref writer, AttributeData, Value);
        }
    }

    internal static Immediate? ReadData(ReadOnlySpan<byte> data)
    {
        ExpressionAttributes attributes = ExpressionAttributes.Read(data, AttributeData);
        if (attributes.HasUnknown || !attributes.Has(AttributeData))
        {
            return null;
        }

        (DataValue? value, Verdict? verdict) = DataAttribute.Read(attributes.Bytes(AttributeData));
        return (value, verdict, attributes.Register(AttributeDestination)) switch
        {
            (_, { } decided, _) => new Immediate(decided),
            ({ } loaded, _, Register destination) => new Immediate(destination, loaded),
            _ => null,
        };
    }
}
