namespace Berth.Inspection;

/// <summary>Goes on with the rule while no more than so many connections are open (connlimit).</summary>
internal sealed record ConnectionLimit(uint Count, bool IsInverted) : DecodedExpression
{
    private const int AttributeCount = 1;
    private const int AttributeFlags = 2;
    private const uint Inverted = 1; // NFT_CONNLIMIT_F_INV

    internal static ConnectionLimit? Read(ReadOnlySpan<byte> data)
    {
        DecodedAttributes attributes = DecodedAttributes.Read(data, AttributeFlags);
        return attributes.HasUnknown
            ? null
            : new ConnectionLimit(
                attributes.Number(AttributeCount, 0), (attributes.Number(AttributeFlags, 0) & Inverted) != 0);
    }
}
