using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace Berth.Walk.Tests.Judge;

/// <summary>In how many cases each match and target stands in the packet's way: in rules of its family.</summary>
internal sealed class Coverage
{
    private static readonly (string Name, string Pattern)[] Iptables =
    [
        ("addrtype", "-m addrtype"), ("comment", "-m comment"), ("conntrack", "-m conntrack"), ("state", "-m state"), ("mark", "-m mark"),
        ("connmark", "-m connmark"), ("multiport", "-m multiport"), ("tcp", "-m tcp"), ("udp", "-m udp"), ("sctp", "-m sctp"),
        ("icmp", "-m icmp6?"), ("set", "-m set"), ("statistic", "-m statistic"), ("physdev", "-m physdev"), ("owner", "-m owner"),
        ("limit", "-m limit"), ("recent", "-m recent"), ("rpfilter", "-m rpfilter"), ("socket", "-m socket"),
        ("source", " -s "), ("destination", " -d "), ("inbound link", " -i "), ("outbound link", " -o "), ("negation", " ! "),
        ("DNAT", "-j DNAT"), ("SNAT", "-j SNAT"), ("MASQUERADE", "-j MASQUERADE"), ("REDIRECT", "-j REDIRECT"), ("MARK", "-j MARK"),
        ("CONNMARK", "-j CONNMARK"), ("RETURN", "-j RETURN"), ("ACCEPT", "-j ACCEPT"), ("DROP", "-j DROP"), ("REJECT", "-j REJECT"),
        ("NOTRACK", "-j NOTRACK|--notrack"), ("TPROXY", "-j TPROXY"), ("user chain", "-j [A-Z]{3}-[0-9]"), ("goto", "-g "),
        ("policy DROP", ":[A-Z]+ DROP"),
    ];

    private static readonly (string Name, string Pattern)[] IpSetTypes =
    [
        .. IpSets.All.Select(static set => (set.Type, $"--match-set {set.Name}6? ")),
        ("bitmap:port", $"--match-set {IpSets.Ports} "), ("bitmap:ip", $"--match-set {IpSets.Addresses} "),
        ("list:set", $"--match-set {IpSets.List}6? "),
    ];

    private static readonly (string Name, string Pattern)[] Native =
    [
        ("payload", "(ip6?|tcp|udp|th|sctp) (daddr|saddr|dport|dscp|ttl|hoplimit|flags)"), ("meta", "meta mark|l4proto"),
        ("ct", "ct (state|mark|status|direction|original)"), ("fib", "fib [sd]addr"), ("rt", "rt ip6? nexthop"), ("lookup in a set", "@(addresses|networks|services|ranges|links)"),
        ("anonymous set", @"(daddr|dport|mark|state) (!= )?\{"), ("map", " map "), ("verdict map", " vmap "), ("concatenation", @"daddr \. |saddr \. |l4proto \. "), ("interval", "@(networks|ranges|plain)|[0-9]+-[0-9]+"),
        ("numgen", "numgen random"), ("numgen inc", "numgen inc"), ("jhash", "jhash"), ("bitwise", "mark & 0x|mark [|^] 0x"), ("range", "port (!= )?[0-9]+-[0-9]+"),
        ("snat", "snat"), ("dnat", "dnat"), ("masquerade", "masquerade"), ("redirect", "redirect"), ("notrack", "notrack"), ("reject", "reject"),
        ("limit", "limit rate"), ("jump", "jump "), ("goto", "goto "), ("return", "return"), ("policy drop", "policy drop"),
        ("type route", "type route"), ("skuid", "skuid"),
    ];

    private readonly SortedDictionary<string, int> _counts = new(StringComparer.Ordinal);

    internal Coverage()
    {
        foreach ((string name, _) in All())
        {
            _counts[name] = 0;
        }
    }

    /// <summary>Those that stand in fewer cases than that.</summary>
    internal IEnumerable<string> Below(int count) => _counts.Where(pair => pair.Value < count).Select(pair => $"{pair.Key}: {pair.Value}");

    internal void Add(JudgeCase one, SentPacket packet)
    {
        bool isIPv6 = packet.Family == AddressFamily.InterNetworkV6;
        string iptables = isIPv6 ? one.Ruleset.Legacy6 + one.Ruleset.Compatible6 : one.Ruleset.Legacy + one.Ruleset.Compatible;
        foreach ((string name, string pattern) in Tagged("iptables ", Iptables).Concat(Tagged("ipset ", IpSetTypes)))
        {
            Count(name, iptables, pattern);
        }

        foreach ((string name, string pattern) in Tagged("nft ", Native))
        {
            Count(name, one.Ruleset.Native, pattern);
        }
    }

    public override string ToString()
    {
        StringBuilder text = new();
        int column = 0;
        foreach ((string name, int count) in _counts)
        {
            text.Append(CultureInfo.InvariantCulture, $"{name,-26}{count,6}{(++column % 4 == 0 ? "\n" : "   ")}");
        }

        return text.ToString().TrimEnd();
    }

    private static IEnumerable<(string, string)> All() =>
        Tagged("iptables ", Iptables).Concat(Tagged("ipset ", IpSetTypes)).Concat(Tagged("nft ", Native));

    private static IEnumerable<(string Name, string Pattern)> Tagged(string prefix, IEnumerable<(string Name, string Pattern)> list) =>
        list.Select(one => (prefix + one.Name, one.Pattern));

    private void Count(string name, string text, string pattern)
    {
        if (text.Length > 0 && Regex.IsMatch(text, pattern, RegexOptions.CultureInvariant))
        {
            _counts[name]++;
        }
    }
}
