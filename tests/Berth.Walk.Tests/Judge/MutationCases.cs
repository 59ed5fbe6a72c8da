using System.Net;

namespace Berth.Walk.Tests.Judge;

/// <summary>
/// For each mistake that is seeded into the walk the case that hangs on it alone. A number decides addresses, ports,
/// protocols and which flavour of iptables writes the rules: whatever it is, the mistake must be seen.
/// </summary>
internal sealed class MutationCases(Choice choice)
{
    private const string Pod = "10.244.2.2";

    private bool _isLegacy;

    /// <summary>A case for each of <see cref="Mutation.All"/>, by its name.</summary>
    internal static IReadOnlyDictionary<string, JudgeCase> Of(Choice choice)
    {
        MutationCases cases = new(choice) { _isLegacy = choice.Chance(0.5) };
        return cases.All();
    }

    private Dictionary<string, JudgeCase> All()
    {
        SentPacket toNode = Packet(Topology.Outside, "192.0.2.10", choice.Of("192.0.2.1", "192.0.2.2"));
        // Whose connection has no packets that would meet chance once more.
        SentPacket datagram = toNode with { Protocol = SentPacket.Udp };
        SentPacket toPod = Packet(Topology.Outside, "192.0.2.10", Pod);
        SentPacket fromNode = Packet(Topology.Node, "192.0.2.1", "192.0.2.10") with { User = 1000 };
        SentPacket betweenPods = Packet(Topology.PodA, "10.244.1.2", "10.244.1.3");
        string protocol = toNode.Protocol == SentPacket.Tcp ? "tcp" : "udp";
        ushort port = toNode.DestinationPort;
        string forward = $"-A FORWARD -s {Pod}";
        JudgeCase chainReturns = Of(toNode, Rules("filter", ":INPUT ACCEPT", ":A -", "-A INPUT -j A", "-A INPUT -j DROP", "-A A -s 192.0.2.10 -j RETURN"));
        JudgeCase untracked = Of(toNode, Rules("raw", ":PREROUTING ACCEPT", "-A PREROUTING -j NOTRACK") + Nat("PREROUTING", $"-j DNAT --to-destination {Pod}"));
        JudgeCase marked = Of(toNode, Rules("mangle", ":PREROUTING ACCEPT", "-A PREROUTING -j MARK --set-mark 0x5")
            + Rules("filter", ":INPUT ACCEPT", "-A INPUT -m mark --mark 0x5 -j DROP"));
        JudgeCase bridged = Of(betweenPods, Rules("filter", ":FORWARD ACCEPT", "-A FORWARD -m physdev --physdev-is-bridged -j DROP"))
            with
        { Settings = NodeSettings.Usual with { BridgeCallsIptables = true } };
        return new Dictionary<string, JudgeCase>
        {
            ["input and forward are confused"] = Of(toNode, Filter("INPUT", "-j DROP")),
            ["output is passed over"] = Of(fromNode, Filter("OUTPUT", "-j DROP")),
            ["a filter in prerouting runs after nat"] = Of(toNode, Rules("raw", ":PREROUTING ACCEPT", $"-A PREROUTING -d {toNode.Destination} -j DROP")
                + Nat("PREROUTING", $"-j DNAT --to-destination {Pod}")),
            ["raw runs after connection tracking"] = untracked,
            ["the last nat chain wins, not the first"] = Native(
                toNode, "ip", ("nat", "prerouting", -110, "dnat to 10.244.1.2"), ("nat", "prerouting", -90, "dnat to 10.244.1.3")),
            ["policies are ignored"] = Of(toNode, Rules("filter", ":INPUT DROP")),

            ["goto comes back"] = Of(toNode, Rules("filter", ":INPUT ACCEPT", ":A -", "-A INPUT -g A", "-A INPUT -j DROP")),
            ["jump does not come back"] = chainReturns,
            ["return accepts"] = chainReturns,
            ["accept only ends the rule"] = Of(toNode, Rules("filter", ":INPUT ACCEPT", "-A INPUT -j ACCEPT", "-A INPUT -j DROP")),
            ["reject drops in silence"] = Of(toNode, Filter("INPUT", "-j REJECT")),
            ["drop is ignored"] = Of(toPod, Filter("FORWARD", "-j DROP")),

            ["the port of a rewriting is lost"] = Of(toNode, Nat("PREROUTING", $"-p {protocol} -j DNAT --to-destination {Pod}:{port + 1}")),
            ["masquerading is passed over"] = Of(toPod, Nat("POSTROUTING", "-j MASQUERADE")),
            ["redirection is passed over"] = Of(toPod, Nat("PREROUTING", "-j REDIRECT")),
            ["sources are not rewritten"] = Of(toPod, Nat("POSTROUTING", $"-j SNAT --to-source {choice.Of("198.18.0.1", "192.0.2.2")}")),
            ["marks are not set"] = marked,
            ["connection marks are not set"] = Of(toNode, Rules("mangle", ":PREROUTING ACCEPT", "-A PREROUTING -j CONNMARK --set-mark 0x5")
                + Rules("filter", ":INPUT ACCEPT", "-A INPUT -m connmark --mark 0x5 -j DROP")),
            ["notrack is ignored"] = untracked,

            ["rules see no mark"] = marked,
            ["rules see the destination before it was rewritten"] = Of(toNode, Nat("PREROUTING", $"-j DNAT --to-destination {Pod}")
                + Filter("FORWARD", $"-d {Pod} -j DROP")),
            ["rules see every packet as new"] = Of(toNode, Rules("raw", ":PREROUTING ACCEPT", "-A PREROUTING -j NOTRACK")
                + Filter("INPUT", "-m conntrack --ctstate NEW -j DROP")),
            ["rules see no status"] = Of(toNode, Nat("PREROUTING", $"-j DNAT --to-destination {Pod}") + Filter("FORWARD", "-m conntrack --ctstate DNAT -j DROP")),
            ["rules see no inbound link"] = Of(toNode, Filter("INPUT", "-i eth0 -j DROP")),
            ["rules see no outbound link"] = Of(toPod, Filter("FORWARD", "-o vethr -j DROP")),
            ["rules take every user for root"] = Of(fromNode, Filter("OUTPUT", "-m owner --uid-owner 1000 -j DROP")),
            ["rules see no ports of the bridge"] = bridged,

            ["negation is ignored"] = Of(toNode, Filter("INPUT", "! -s 192.0.2.10/32 -j DROP")),
            ["masks are ignored"] = Of(toNode, Filter("INPUT", "-s 192.0.2.0/25 -j DROP")),
            ["ranges end where they begin"] = choice.Chance(0.5)
                ? Of(toNode, "", $"*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -p {protocol} -m {protocol} --dport {port - 1}:{port + 1} -j DROP\nCOMMIT\n")
                : Native(toNode, "ip", ("filter", "input", 0, $"{protocol} dport != {port - 1}-{port + 1} drop")),
            ["sets are empty"] = Native(toNode, "ip", ("filter", "input", 0, $"ip saddr {{ 192.0.2.10, 192.0.2.11 }} drop")),
            ["intervals of sets are single keys"] = Native(toNode, "ip", ("filter", "input", 0, "ip saddr { 192.0.2.8/29, 10.0.0.0/8 } drop")),
            ["ipsets are empty"] = Of(toNode, Filter("INPUT", "-m set --match-set ips src -j DROP"), elements: "add ips 192.0.2.10\n"),
            ["exceptions of ipsets are ignored"] = Of(
                toNode, Filter("INPUT", "-m set --match-set nets src -j DROP"), elements: "add nets 192.0.2.0/24\nadd nets 192.0.2.10 nomatch\n"),

            ["policy rules of routing are ignored"] = Of(
                Packet(Topology.PodR, Pod, "203.0.113.5"), Rules("mangle", ":PREROUTING ACCEPT", "-A PREROUTING -j MARK --set-mark 0x100")),
            ["route_localnet is taken for on"] = Of(toNode, Nat("PREROUTING", "-j DNAT --to-destination 127.0.0.1")),
            ["rp_filter is taken for off"] = Of(Packet(Topology.PodR, "203.0.113.77", "192.0.2.1"), "") with { Settings = NodeSettings.Usual with { ReversePathFilter = 1 } },
            ["bridges are taken not to call iptables"] = bridged,
            ["iptables-legacy is not read"] = Of(toNode, "", "*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -j DROP\nCOMMIT\n"),

            ["addrtype always holds"] = Of(toNode, Filter("INPUT", $"-m addrtype --{choice.Of("dst", "src")}-type MULTICAST -j DROP")),
            ["multiport always holds"] = Of(toNode, Filter("INPUT", $"-p {protocol} -m multiport --dports 1,2,7000:7010 -j DROP")),
            ["rpfilter always holds"] = Of(toNode, Rules("mangle", ":PREROUTING ACCEPT", "-A PREROUTING -m rpfilter --invert -j DROP")),
            ["socket always holds"] = Of(toNode, Rules("mangle", ":PREROUTING ACCEPT", $"-A PREROUTING -p {protocol} -m socket --transparent -j DROP")),
            ["tcp always holds"] = Of(toNode with { Protocol = SentPacket.Tcp }, Filter("INPUT", "-p tcp -m tcp --dport 9 -j DROP")),
            ["udp always holds"] = Of(toNode with { Protocol = SentPacket.Udp }, Filter("INPUT", "-p udp -m udp --sport 9 -j DROP")),
            ["icmp always holds"] = Of(toNode with { Protocol = SentPacket.Icmp, DestinationPort = 0 }, Filter("INPUT", "-p icmp -m icmp --icmp-type echo-reply -j DROP")),
            ["sctp always holds"] = Of(toPod with { Protocol = SentPacket.Sctp }, Filter("FORWARD", "-p sctp -m sctp --dport 9 -j DROP")),
            ["conntrack always holds"] = Of(toNode, Filter("INPUT", "-m conntrack --ctstate INVALID,RELATED -j DROP")),
            ["state always holds"] = Of(toNode, Filter("INPUT", "-m state --state ESTABLISHED -j DROP")),
            ["mark always holds"] = Of(toNode, Filter("INPUT", "-m mark --mark 0x9 -j DROP")),
            ["connmark always holds"] = Of(toNode, Filter("INPUT", "-m connmark --mark 0x9 -j DROP")),
            ["set always holds"] = Of(toNode, Filter("INPUT", "-m set --match-set ips src -j DROP"), elements: "add ips 198.51.100.7\n"),
            ["owner always holds"] = Of(fromNode, Filter("OUTPUT", "-m owner --uid-owner 1337 -j DROP")),
            ["physdev always holds"] = Of(betweenPods, Filter("FORWARD", "-m physdev --physdev-in vethb -j DROP"))
                with
            { Settings = NodeSettings.Usual with { BridgeCallsIptables = true } },
            ["fib always holds"] = Native(toNode, "ip", ("filter", "input", 0, "fib daddr type broadcast drop")),
            ["rt always holds"] = Native(toPod, "ip", ("filter", "postrouting", 0, "rt ip nexthop 192.0.2.77 drop")),
            ["verdict maps are passed over"] = Native(toNode, "ip", ("filter", "input", 0, $"{protocol} dport vmap {{ {port} : drop, 9 : accept }}")),
            ["TPROXY is passed over"] = Of(
                toPod, Rules("mangle", ":PREROUTING ACCEPT", $"-A PREROUTING -p {(toPod.Protocol == SentPacket.Tcp ? "tcp" : "udp")} -j TPROXY --on-port {Topology.ProxyPort}")),
            ["IPv6 is not read"] = Native(
                toNode with { Source = IPAddress.Parse("2001:db8:1::10"), Destination = IPAddress.Parse("2001:db8:1::1") },
                "ip6",
                ("filter", "input", 0, "drop")),

            ["statistic always holds"] = Often(Of(datagram, Filter("INPUT", $"-m statistic --mode {choice.Of("nth --every 2 --packet 0", "random --probability 0.5")} -j DROP"))),
            ["statistic never holds"] = Often(Of(datagram, Filter("INPUT", $"-m statistic --mode {choice.Of("nth --every 2 --packet 0", "random --probability 0.5")} -j DROP"))),
            ["numgen gives the first number alone"] = Often(Native(datagram, "ip", ("filter", "input", 0, $"numgen {choice.Of("inc", "random")} mod 2 vmap {{ 0 : accept, 1 : drop }}"))),
            ["numgen begins at zero"] = Native(datagram, "ip", ("filter", "input", 0, $"numgen {choice.Of("inc", "random")} mod 2 offset 5 vmap {{ 5 : drop, 6 : drop }}")),
            ["jhash has another seed"] = Often(Native(datagram, "ip", ("filter", "input", 0, $"jhash udp sport mod 2 seed 0x{choice.Below(1 << 20) + 1:x} vmap {{ 0 : accept, 1 : drop }}"))),
            ["jhash has half its numbers"] = Often(Native(datagram, "ip", ("filter", "input", 0, $"jhash udp sport mod 2 seed 0x{choice.Below(1 << 20) + 1:x} vmap {{ 0 : accept, 1 : drop }}"))),
            ["jhash begins at zero"] = Native(toNode, "ip", ("filter", "input", 0, $"jhash ip saddr mod 2 seed 0x{choice.Below(1 << 20) + 1:x} offset 7 vmap {{ 7 : drop, 8 : drop }}")),

            ["rules see no answer"] = Of(toPod, Rules("filter", ":FORWARD ACCEPT", $"{forward} -j DROP")),
            ["rules see answers as new connections"] = Of(toPod, Rules("filter", ":FORWARD ACCEPT", $"{forward} -m conntrack --ctstate NEW -j DROP")),
        };
    }

    // Of chance no single packet tells.
    private static JudgeCase Often(JudgeCase one) => one with
    {
        Packets = [.. Enumerable.Range(0, 24).Select(number => one.Packets[0] with { SourcePort = (ushort)(20_000 + number) })],
    };

    private SentPacket Packet(string from, string source, string destination) => new()
    {
        From = from,
        Protocol = choice.Of(SentPacket.Tcp, SentPacket.Udp),
        Source = IPAddress.Parse(source),
        Destination = IPAddress.Parse(destination),
        SourcePort = (ushort)(20_000 + choice.Below(40_000)),
        DestinationPort = choice.From(Topology.NodePorts),
    };

    private string Filter(string chain, string rule) => Rules("filter", $":{chain} ACCEPT", $"-A {chain} {rule}");

    private string Nat(string chain, string rule) => Rules("nat", $":{chain} ACCEPT", $"-A {chain} {rule}");

    private static string Rules(string table, params string[] lines) =>
        $"*{table}\n{string.Join('\n', lines.Select(static line => line[0] == ':' ? line + " [0:0]" : line))}\nCOMMIT\n";

    // In the flavour whose turn it is.
    private JudgeCase Of(SentPacket packet, string rules, string legacy = "", string elements = "") => new(
        0,
        NodeSettings.Usual,
        new RulesetText { Legacy = _isLegacy ? rules + legacy : legacy, Compatible = _isLegacy ? "" : rules, Elements = elements },
        [packet]);

    private static JudgeCase Native(SentPacket packet, string family, params (string Type, string Hook, int Priority, string Rule)[] chains) => new(
        0,
        NodeSettings.Usual,
        new RulesetText
        {
            Native = $"table {family} t {{\n" + string.Concat(chains.Select((chain, number) => FormattableString.Invariant(
                $"  chain c{number} {{\n    type {chain.Type} hook {chain.Hook} priority {chain.Priority}\n    {chain.Rule}\n  }}\n"))) + "}\n",
        },
        [packet]);
}
