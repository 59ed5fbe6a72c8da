using Berth.NfTables;

namespace Berth.Inspection;

/// <summary>Loads a hash of registers, or of the packet's flow, from <see cref="Offset"/> on, below <see cref="Modulus"/> more (hash).</summary>
/// <param name="Destination">Where to; host byte order.</param>
/// <param name="Source">The first of the registers that are hashed; null for the symmetric hash of the flow.</param>
internal sealed record HashLoad(Register Destination, Register? Source) : DecodedExpression
{
    private const int AttributeSource = 1;
    private const int AttributeDestination = 2;
    private const int AttributeLength = 3;
    private const int AttributeModulus = 4;
    private const int AttributeSeed = 5;
    private const int AttributeOffset = 6;
    private const int AttributeType = 7;
    private const uint Symmetric = 1; // NFT_HASH_SYM

    /// <summary>How many bytes are hashed.</summary>
    internal int Length { get; init; }

    /// <summary>How many numbers there are.</summary>
    internal uint Modulus { get; init; }

    /// <summary>What begins the hash; null when the kernel chose it.</summary>
    internal uint? Seed { get; init; }

    /// <summary>The first number.</summary>
    internal uint Offset { get; init; }

    internal static HashLoad? Read(ReadOnlySpan<byte> data)
    {
        DecodedAttributes attributes = DecodedAttributes.Read(data, AttributeType);
        bool isSymmetric = attributes.Number(AttributeType, 0) == Symmetric;
        if (attributes.HasUnknown || attributes.Register(AttributeDestination) is not Register destination
            || (!isSymmetric && !attributes.Has(AttributeSource)))
        {
            return null;
        }

        return new HashLoad(destination, isSymmetric ? null : attributes.Register(AttributeSource))
        {
            Length = (int)Math.Min(attributes.Number(AttributeLength, 0), byte.MaxValue),
            Modulus = attributes.Number(AttributeModulus, 0),
            Seed = attributes.Has(AttributeSeed) ? attributes.Number(AttributeSeed, 0) : null,
            Offset = attributes.Number(AttributeOffset, 0),
        };
    }
}
