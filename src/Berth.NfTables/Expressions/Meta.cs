using Berth.Netlink;

namespace Berth.NfTables;

/// <summary>Loads something that is known of the packet into a register, or sets it from one.</summary>
/// <param name="Key">What.</param>
/// <param name="Destination">The register to load into; null when it is set.</param>
/// <param name="Source">The register to set it from; null when it is loaded.</param>
public sealed record Meta(MetaKey Key, Register? Destination, Register? Source = null) : Expression
{
    internal const string Kind = "meta";
    private const int AttributeDestination = 1;
    private const int AttributeKey = 2;
    private const int AttributeSource = 3;

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
    }

    internal static Meta? ReadData(ReadOnlySpan<byte> data)
    {
        ExpressionAttributes attributes = ExpressionAttributes.Read(data, AttributeSource);
        return attributes.HasUnknown ? null : new Meta(
            (MetaKey)attributes.Number(AttributeKey, 0),
            attributes.Register(AttributeDestination),
            attributes.Register(AttributeSource));
    }
}
