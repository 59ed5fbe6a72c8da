using Berth.NfTables;

namespace Berth.Inspection;

/// <summary>Loads something of the packet's route into a register (rt).</summary>
internal sealed record RouteLoad(Register Destination, RouteKey Key) : DecodedExpression
{
    private const int AttributeDestination = 1;
    private const int AttributeKey = 2;

    internal static RouteLoad? Read(ReadOnlySpan<byte> data)
    {
        DecodedAttributes attributes = DecodedAttributes.Read(data, AttributeKey);
        return !attributes.HasUnknown && attributes.Register(AttributeDestination) is Register destination
            ? new RouteLoad(destination, (RouteKey)attributes.Number(AttributeKey, 0))
            : null;
    }
}

/// <summary>What of a route (enum nft_rt_keys).</summary>
internal enum RouteKey : uint
{
    /// <summary>The routing realm, host byte order.</summary>
    ClassId = 0,

    /// <summary>The IPv4 address of the next hop.</summary>
    NextHop4 = 1,

    /// <summary>The IPv6 address of the next hop.</summary>
    NextHop6 = 2,

    /// <summary>The largest TCP segment, 16 bits in host byte order.</summary>
    SegmentSize = 3,

    /// <summary>Whether IPsec follows.</summary>
    IPsec = 4,
}
