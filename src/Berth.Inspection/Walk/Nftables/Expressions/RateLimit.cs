namespace Berth.Inspection;

/// <summary>Goes on with the rule only as long as a rate is not exceeded (limit).</summary>
/// <param name="Rate">Packets or bytes.</param>
/// <param name="Seconds">In how many seconds.</param>
internal sealed record RateLimit(ulong Rate, ulong Seconds) : DecodedExpression
{
    private const int AttributeRate = 1;
    private const int AttributeUnit = 2;
    private const int AttributeBurst = 3;
    private const int AttributeType = 4;
    private const int AttributeFlags = 5;
    private const int AttributePad = 6;
    private const uint Bytes = 1; // NFT_LIMIT_PKT_BYTES
    private const uint Inverted = 1; // NFT_LIMIT_F_INV

    /// <summary>What may come at once beyond the rate.</summary>
    internal uint Burst { get; init; }

    /// <summary>Bytes are counted; else packets.</summary>
    internal bool IsOfBytes { get; init; }

    /// <summary>Go on only when it is exceeded.</summary>
    internal bool IsInverted { get; init; }

    internal static RateLimit? Read(ReadOnlySpan<byte> data)
    {
        DecodedAttributes attributes = DecodedAttributes.Read(data, AttributePad);
        return attributes.HasUnknown
            ? null
            : new RateLimit(attributes.Number(AttributeRate) ?? 0, attributes.Number(AttributeUnit) ?? 0)
            {
                Burst = attributes.Number(AttributeBurst, 0),
                IsOfBytes = attributes.Number(AttributeType, 0) == Bytes,
                IsInverted = (attributes.Number(AttributeFlags, 0) & Inverted) != 0,
            };
    }
}
