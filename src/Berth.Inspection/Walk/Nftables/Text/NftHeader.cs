using Berth.NfTables;

namespace Berth.Inspection;

/// <summary>A field of a header.</summary>
/// <param name="Name">nft's name.</param>
/// <param name="Offset">Bits from the header's start.</param>
/// <param name="Length">Bits.</param>
/// <param name="Type">What it holds.</param>
internal sealed record NftHeaderField(string Name, int Offset, int Length, NftType Type);

/// <summary>A header as nft knows it (proto_desc).</summary>
/// <param name="Name">nft's name.</param>
/// <param name="Layer">Which of the packet's headers it is.</param>
/// <param name="Fields">Its fields in order; those that share bits with an earlier one depend on the ICMP type.</param>
internal sealed record NftHeader(string Name, PayloadBase Layer, params NftHeaderField[] Fields)
{
    private const NftType Integer = NftType.Integer;
    private const NftType Port = NftType.Port;

    internal static NftHeader Ether { get; } = new(
        "ether",
        PayloadBase.Link,
        new("daddr", 0, 48, NftType.EtherAddress), new("saddr", 48, 48, NftType.EtherAddress), new("type", 96, 16, NftType.EtherType));

    internal static NftHeader Ip { get; } = new(
        "ip",
        PayloadBase.Network,
        new("version", 0, 4, Integer), new("hdrlength", 4, 4, Integer), new("dscp", 8, 6, NftType.Dscp), new("ecn", 14, 2, NftType.Ecn),
        new("length", 16, 16, Integer), new("id", 32, 16, Integer), new("frag-off", 48, 16, Integer), new("ttl", 64, 8, Integer),
        new("protocol", 72, 8, NftType.Protocol), new("checksum", 80, 16, Integer), new("saddr", 96, 32, NftType.Ipv4Address),
        new("daddr", 128, 32, NftType.Ipv4Address));

    internal static NftHeader Ip6 { get; } = new(
        "ip6",
        PayloadBase.Network,
        new("version", 0, 4, Integer), new("dscp", 4, 6, NftType.Dscp), new("ecn", 10, 2, NftType.Ecn), new("flowlabel", 12, 20, Integer),
        new("length", 32, 16, Integer), new("nexthdr", 48, 8, NftType.Protocol), new("hoplimit", 56, 8, Integer),
        new("saddr", 64, 128, NftType.Ipv6Address), new("daddr", 192, 128, NftType.Ipv6Address));

    /// <summary>What all protocols with ports have in common.</summary>
    internal static NftHeader AnyTransport { get; } = new(
        "th", PayloadBase.Transport, new("sport", 0, 16, Port), new("dport", 16, 16, Port));

    private static NftHeader Icmp { get; } = new(
        "icmp",
        PayloadBase.Transport,
        new("type", 0, 8, NftType.IcmpType), new("code", 8, 8, NftType.IcmpCode), new("checksum", 16, 16, Integer),
        new("id", 32, 16, Integer), new("sequence", 48, 16, Integer));

    private static NftHeader Icmpv6 { get; } = new(
        "icmpv6",
        PayloadBase.Transport,
        new("type", 0, 8, NftType.Icmpv6Type), new("code", 8, 8, NftType.Icmpv6Code), new("checksum", 16, 16, Integer),
        new("id", 32, 16, Integer), new("sequence", 48, 16, Integer));

    private static readonly Dictionary<byte, NftHeader> Transports = new()
    {
        [1] = Icmp,
        [58] = Icmpv6,
        [2] = new(
            "igmp",
            PayloadBase.Transport,
            new("type", 0, 8, NftType.IgmpType), new("mrt", 8, 8, Integer), new("checksum", 16, 16, Integer),
            new("group", 32, 32, NftType.Ipv4Address)),
        [6] = new(
            "tcp",
            PayloadBase.Transport,
            new("sport", 0, 16, Port), new("dport", 16, 16, Port), new("sequence", 32, 32, Integer), new("ackseq", 64, 32, Integer),
            new("doff", 96, 4, Integer), new("reserved", 100, 4, Integer), new("flags", 104, 8, NftType.TcpFlags),
            new("window", 112, 16, Integer), new("checksum", 128, 16, Integer), new("urgptr", 144, 16, Integer)),
        [17] = new(
            "udp",
            PayloadBase.Transport,
            new("sport", 0, 16, Port), new("dport", 16, 16, Port), new("length", 32, 16, Integer), new("checksum", 48, 16, Integer)),
        [136] = new(
            "udplite",
            PayloadBase.Transport,
            new("sport", 0, 16, Port), new("dport", 16, 16, Port), new("checksum", 48, 16, Integer)),
        [33] = new("dccp", PayloadBase.Transport, new("sport", 0, 16, Port), new("dport", 16, 16, Port)),
        [132] = new(
            "sctp",
            PayloadBase.Transport,
            new("sport", 0, 16, Port), new("dport", 16, 16, Port), new("vtag", 32, 32, Integer), new("checksum", 64, 32, Integer)),
        [50] = new("esp", PayloadBase.Transport, new("spi", 0, 32, Integer), new("sequence", 32, 32, Integer)),
        [51] = new(
            "ah",
            PayloadBase.Transport,
            new("hdrlength", 8, 8, Integer), new("reserved", 16, 16, Integer), new("spi", 32, 32, Integer),
            new("sequence", 64, 32, Integer)),
        [108] = new(
            "comp",
            PayloadBase.Transport,
            new("nexthdr", 0, 8, NftType.Protocol), new("flags", 8, 8, Integer), new("cpi", 16, 16, Integer)),
    };

    /// <summary>The header of a transport protocol; null for one that nft has no fields of.</summary>
    internal static NftHeader? OfProtocol(byte? protocol) =>
        protocol is byte number && Transports.TryGetValue(number, out NftHeader? header) ? header : null;

    /// <summary>What ICMP's second word is depends on the type.</summary>
    internal NftHeader With(uint? icmpType) => (Name, icmpType) switch
    {
        ("icmp", 3) => this with { Fields = [.. Fields[..3], new("mtu", 48, 16, Integer)] },
        ("icmp", 5) => this with { Fields = [.. Fields[..3], new("gateway", 32, 32, NftType.Ipv4Address)] },
        ("icmpv6", 2) => this with { Fields = [.. Fields[..3], new("mtu", 32, 32, Integer)] },
        ("icmpv6", 4) => this with { Fields = [.. Fields[..3], new("parameter-problem", 32, 32, Integer)] },
        ("icmpv6", 130) => this with { Fields = [.. Fields[..3], new("max-delay", 32, 16, Integer)] },
        _ => this,
    };

    /// <summary>The field that takes exactly these bits.</summary>
    internal NftHeaderField? Field(int offset, int length) =>
        Array.Find(Fields, field => field.Offset == offset && field.Length == length);
}
