namespace Berth.Inspection;

/// <summary>Drops the packet and says so to its sender (reject).</summary>
/// <param name="Type">In what way.</param>
/// <param name="Code">The ICMP code; of <see cref="RejectType.Either"/> one of NFT_REJECT_ICMPX_*.</param>
internal sealed record Reject(RejectType Type, byte Code) : DecodedExpression
{
    private const int AttributeType = 1;
    private const int AttributeCode = 2;

    internal static Reject? Read(ReadOnlySpan<byte> data)
    {
        DecodedAttributes attributes = DecodedAttributes.Read(data, AttributeCode);
        return !attributes.HasUnknown && attributes.Number(AttributeType, 0) is <= 2 and var type
            ? new Reject((RejectType)type, (byte)attributes.Number(AttributeCode, 0))
            : null;
    }
}

/// <summary>What a rejected packet's sender gets (enum nft_reject_types).</summary>
internal enum RejectType : uint
{
    /// <summary>ICMP's or ICMPv6's destination unreachable.</summary>
    Unreachable = 0,

    /// <summary>TCP's reset.</summary>
    Reset = 1,

    /// <summary>Destination unreachable of the packet's own family.</summary>
    Either = 2,
}
