using Berth.NfTables;

namespace Berth.Inspection;

/// <summary>Loads a number from <paramref name="Offset"/> on, below <paramref name="Modulus"/> more (numgen).</summary>
/// <param name="Destination">Where to; host byte order.</param>
/// <param name="Modulus">How many numbers there are.</param>
/// <param name="IsRandom">By chance; else one after the other.</param>
/// <param name="Offset">The first.</param>
internal sealed record NumberGenerator(Register Destination, uint Modulus, bool IsRandom, uint Offset) : DecodedExpression
{
    private const int AttributeDestination = 1;
    private const int AttributeModulus = 2;
    private const int AttributeType = 3;
    private const int AttributeOffset = 4;
    private const uint Random = 1; // NFT_NG_RANDOM

    internal static NumberGenerator? Read(ReadOnlySpan<byte> data)
    {
        DecodedAttributes attributes = DecodedAttributes.Read(data, AttributeOffset);
        return !attributes.HasUnknown && attributes.Register(AttributeDestination) is Register destination
            ? new NumberGenerator(
                destination,
                attributes.Number(AttributeModulus, 0),
                attributes.Number(AttributeType, 0) == Random,
                attributes.Number(AttributeOffset, 0))
            : null;
    }
}
