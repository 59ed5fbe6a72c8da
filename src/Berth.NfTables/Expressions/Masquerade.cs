using Berth.Netlink;

namespace Berth.NfTables;

/// <summary>Rewrites the source to the outbound interface's address.</summary>
public sealed record Masquerade : Expression
{
    internal const string Kind = "masq";
    private const int AttributeFlags = 1;

    /// <summary>NF_NAT_RANGE_*: 4 random, 8 persistent, 16 fully random.</summary>
    public uint Flags { get; init; }

    /// <inheritdoc/>
    public override string Name => Kind;

    /// <inheritdoc/>
    protected internal override void WriteData(ref MessageWriter writer)
    {
        if (Flags != 0)
        {
            writer.PutUInt32BigEndian(AttributeFlags, Flags);
        }
    }

    internal static Masquerade? ReadData(ReadOnlySpan<byte> data)
    {
        ExpressionAttributes attributes = ExpressionAttributes.Read(data, AttributeFlags);
        return attributes.HasUnknown ? null : new Masquerade { Flags = attributes.Number(AttributeFlags, 0) };
    }
}
