using Berth.NfTables;

namespace Berth.Inspection;

/// <summary>Loads something of the local socket that the packet is for (socket). Without one the rule is left.</summary>
internal sealed record SocketLoad(Register Destination, SocketKey Key, uint Level) : DecodedExpression
{
    private const int AttributeKey = 1;
    private const int AttributeDestination = 2;
    private const int AttributeLevel = 3;

    internal static SocketLoad? Read(ReadOnlySpan<byte> data)
    {
        DecodedAttributes attributes = DecodedAttributes.Read(data, AttributeLevel);
        return !attributes.HasUnknown && attributes.Register(AttributeDestination) is Register destination
            ? new SocketLoad(
                destination, (SocketKey)attributes.Number(AttributeKey, 0), attributes.Number(AttributeLevel, 0))
            : null;
    }
}

/// <summary>What of a socket (enum nft_socket_keys).</summary>
internal enum SocketKey : uint
{
    /// <summary>Whether it is transparent (IP_TRANSPARENT), one byte.</summary>
    Transparent = 0,

    /// <summary>Its mark, host byte order.</summary>
    Mark = 1,

    /// <summary>Whether it listens on every address, one byte.</summary>
    Wildcard = 2,

    /// <summary>The number of its control group's directory, 64 bits.</summary>
    ControlGroup = 3,
}
