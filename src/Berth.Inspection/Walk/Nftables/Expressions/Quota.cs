namespace Berth.Inspection;

/// <summary>Goes on with the rule until so many bytes have passed (quota).</summary>
internal sealed record Quota(ulong Bytes, ulong Consumed, bool IsInverted) : DecodedExpression
{
    private const int AttributeBytes = 1;
    private const int AttributeFlags = 2;
    private const int AttributePad = 3;
    private const int AttributeConsumed = 4;
    private const uint Inverted = 1; // NFT_QUOTA_F_INV; 2 says that it is used up

    internal static Quota? Read(ReadOnlySpan<byte> data)
    {
        DecodedAttributes attributes = DecodedAttributes.Read(data, AttributeConsumed);
        return attributes.HasUnknown || (attributes.Has(AttributePad) && attributes.Bytes(AttributePad).Length > 0)
            ? null
            : new Quota(
                attributes.Number(AttributeBytes) ?? 0,
                attributes.Number(AttributeConsumed) ?? 0,
                (attributes.Number(AttributeFlags, 0) & Inverted) != 0);
    }
}
