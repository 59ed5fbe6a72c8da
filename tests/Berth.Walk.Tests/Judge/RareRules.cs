namespace Berth.Walk.Tests.Judge;

/// <summary>
/// A rule that chance alone would bring before too few packets: the cases take turns in having one at the front of a chain
/// that their packets pass.
/// </summary>
/// <param name="Tools">The tools that write it: those of iptables, or nft.</param>
/// <param name="Packet">Makes a packet of the case one that it is about.</param>
internal sealed record RareRule(Tools Tools, Func<SentPacket, SentPacket> Packet)
{
    // A mark that no rule asks for: whether it is set decides nothing.
    private const string MarksAside = "-j MARK --set-xmark 0x1000000/0x1000000";

    private const Tools Iptables = Tools.Legacy | Tools.Compatible;
    private static readonly string[] In = ["PREROUTING"];
    private static readonly string[] Filters = ["INPUT", "FORWARD", "OUTPUT"];
    private static readonly string[] First = ["PREROUTING", "OUTPUT"];

    private static readonly RareRule[] All =
    [
        OfIptables("mangle", In, static pool => $"-p {TcpOrUdp(pool)} -j TPROXY --on-port {Topology.ProxyPort} --tproxy-mark 0x100/0x100", HavePorts),
        OfIptables("mangle", In, static pool => $"-p {TcpOrUdp(pool)} -m socket{pool.Choice.Of("", " --transparent", " --nowildcard")} -j DROP", HavePorts),
        OfIptables("raw", First, static pool => $"-p sctp -m sctp {pool.Choice.Of("", "! ")}--dport {pool.Port()} -j DROP", static packet => Be(packet, SentPacket.Sctp, SentPacket.Sctp)),
        OfIptables(
            "filter",
            Filters,
            static pool => pool.IsIPv6 ? "-p icmpv6 -m icmp6 --icmpv6-type echo-request -j REJECT" : "-p icmp -m icmp --icmp-type 8 -j REJECT",
            static packet => Be(packet, SentPacket.Icmp, SentPacket.Icmpv6)),
        OfIptables("mangle", First, static pool => pool.IsIPv6 ? $"-m set --match-set {IpSets.Ports} dst -j DROP" : $"-m set --match-set {IpSets.Addresses} {pool.Choice.Of("dst", "src")} -j DROP"),
        OfIptables("mangle", In, static pool => $"-m set --match-set netlinks{Six(pool)} {pool.Choice.Of("src,src", "dst,src")} -j DROP"),
        OfIptables("mangle", First, static pool => $"-m limit --limit {pool.Choice.Of("5/sec", "1/min", "3/hour --limit-burst 20")} {MarksAside}"),
        OfIptables("mangle", First, static pool => $"-m recent --name seen --rcheck --seconds {pool.Choice.Of("5", "60")} --rsource {MarksAside}"),
        OfIptables("filter", Filters, static pool => $"-d {pool.Destination()} -m recent --name seen --set --rsource -j DROP"),
        OfIptables("mangle", First, static pool => $"-p {TcpOrUdp(pool)} -j NFQUEUE {pool.Choice.Of("--queue-num 3", "--queue-balance 1:4")}{pool.Choice.Of("", " --queue-bypass")}"),
        OfNft("filter", "prerouting", -145, static pool => $"limit rate {pool.Choice.Of("5/second", "1/minute burst 20 packets")} meta mark set meta mark | 0x1000000"),
        OfNft("filter", "prerouting", -145, static pool => pool.Choice.Of("numgen inc mod 3 1 drop", "numgen inc mod 2 vmap { 0 : drop, 1 : accept }")),
        OfNft("filter", "postrouting", 95, static pool => pool.IsIPv6 ? "rt ip6 nexthop 2001:db8:1::10 drop" : "rt ip nexthop { 192.0.2.10, 10.244.1.2 } drop"),
        OfNft("filter", "output", 5, static pool => $"meta skuid {pool.Choice.Of("1000", "!= 0", "1000-1400")} {pool.Choice.Of("drop", "reject")}", static packet => packet.From == Topology.Node ? packet with { User = 1000 } : packet),
        OfNft("filter", "prerouting", -295, static pool => $"{Ip(pool)} saddr {pool.Source()} notrack"),
        OfNft("nat", "prerouting", -105, static pool => $"{Ip(pool)} daddr {pool.Destination()} {pool.Choice.Of("redirect", "meta l4proto tcp redirect to :80")}"),
        OfNft("filter", "forward", 5, static pool => $"{Ip(pool)} saddr {pool.Source()} reject"),
        OfNft("filter", "input", 5, static pool => $"{Ip(pool)} saddr {pool.Source()} return\n    drop"),
    ];

    /// <summary>A rule for one family: the table and the base chains of iptables that it is the first of, and its text.</summary>
    internal Func<Pool, (string Table, string[] Chains, string Rule)> Make { get; private init; } = static _ => ("", [], "");

    /// <summary>A table for nft, of both families.</summary>
    internal Func<Pool, Pool, string> Table { get; private init; } = static (_, _) => "";

    /// <summary>The rule whose turn it is.</summary>
    internal static RareRule Of(int seed) => All[seed % All.Length];

    private static RareRule OfIptables(string table, string[] chains, Func<Pool, string> rule, Func<SentPacket, SentPacket>? packet = null) =>
        new(Iptables, packet ?? (static packet => packet)) { Make = pool => (table, chains, rule(pool)) };

    private static RareRule OfNft(string type, string hook, int priority, Func<Pool, string> rule, Func<SentPacket, SentPacket>? packet = null) =>
        new(Tools.Native, packet ?? (static packet => packet))
        {
            // Nobody else is at its priority.
            Table = (pool, pool6) => FormattableString.Invariant(
                $"table inet rare {{\n  chain c {{\n    type {type} hook {hook} priority {priority}; policy accept;\n    {rule(pool)}\n    {rule(pool6)}\n  }}\n}}\n"),
        };

    private static SentPacket HavePorts(SentPacket packet) => packet.HasPorts ? packet : Be(packet, SentPacket.Tcp, SentPacket.Tcp);

    private static SentPacket Be(SentPacket packet, byte protocol, byte protocol6)
    {
        byte own = packet.Source.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork ? protocol : protocol6;
        return packet with
        {
            Protocol = own,
            DestinationPort = own is SentPacket.Icmp or SentPacket.Icmpv6 ? (ushort)0 : packet.DestinationPort == 0 ? (ushort)80 : packet.DestinationPort,
        };
    }

    private static string TcpOrUdp(Pool pool) => pool.Protocol() == "udp" ? "udp" : "tcp";

    private static string Six(Pool pool) => pool.IsIPv6 ? "6" : "";

    private static string Ip(Pool pool) => pool.IsIPv6 ? "ip6" : "ip";
}
