using Berth.Netlink;

namespace Berth.NfTables;

/// <summary>Goes on with the rule only if a set holds a register's value; of a map, loads the data too.</summary>
/// <param name="Set">The set's name.</param>
/// <param name="Source">The register with the key.</param>
/// <param name="Destination">Where a map's data go; null for a set.</param>
public sealed record Lookup(string Set, Register Source, Register? Destination = null) : Expression
{
    internal const string Kind = "lookup";
    private const int AttributeSet = 1;
    private const int AttributeSource = 2;
    private const int AttributeDestination = 3;
    private const int AttributeSetId = 4;
    private const int AttributeFlags = 5;
    private const uint FlagInverted = 1;
    private const uint VerdictRegister = 0;

    /// <summary>Go on only if the set does not hold it.</summary>
    public bool IsInverted { get; init; }

    /// <summary>Of a verdict map: what is found decides.</summary>
    public bool IsVerdict { get; init; }

    /// <summary>The <see cref="NfTables.Set.TransactionId"/> of an anonymous set of the same transaction, else 0.</summary>
    public uint TransactionId { get; init; }

    /// <inheritdoc/>
    public override string Name => Kind;

    /// <inheritdoc/>
    protected internal override void WriteData(ref MessageWriter writer)
    {
        writer.PutString(AttributeSet, Set);
        writer.PutUInt32BigEndian(AttributeSource, Source.Number);
        if (Destination is Register destination)
        {
            writer.PutUInt32BigEndian(AttributeDestination, destination.Number);
        }
        else if (IsVerdict)
        {
            writer.PutUInt32BigEndian(AttributeDestination, VerdictRegister);
        }

        if (TransactionId != 0)
        {
            writer.PutUInt32BigEndian(AttributeSetId, TransactionId);
        }

        if (IsInverted)
        {
            writer.PutUInt32BigEndian(AttributeFlags, FlagInverted);
        }
    }

    internal static Lookup? ReadData(ReadOnlySpan<byte> data)
    {
        ExpressionAttributes attributes = ExpressionAttributes.Read(data, AttributeFlags);
        return !attributes.HasUnknown && attributes.Register(AttributeSource) is Register source
            ? new Lookup(attributes.Text(AttributeSet) ?? "", source, attributes.Register(AttributeDestination))
            {
                IsInverted = (attributes.Number(AttributeFlags, 0) & FlagInverted) != 0,
                IsVerdict = attributes.Number(AttributeDestination) == VerdictRegister,
            }
            : null;
    }
}
