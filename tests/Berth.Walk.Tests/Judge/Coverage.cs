using System.Globalization;
using System.Text;

namespace Berth.Walk.Tests.Judge;

/// <summary>How many packets met each match, target, expression and type of ipset: in rules that were evaluated for them.</summary>
internal sealed class Coverage
{
    private static readonly string[] Iptables =
    [
        "addrtype", "comment", "conntrack", "state", "mark", "connmark", "multiport", "tcp", "udp", "sctp", "icmp", "set", "statistic",
        "physdev", "owner", "limit", "recent", "rpfilter", "socket", "source", "destination", "inbound link", "outbound link", "negation",
        "DNAT", "SNAT", "MASQUERADE", "REDIRECT", "MARK", "CONNMARK", "RETURN", "ACCEPT", "DROP", "REJECT", "NOTRACK", "TPROXY", "NFQUEUE",
        "user chain", "goto", "policy DROP", .. IpSets.Types.Select(static type => $"set of {type}"),
    ];

    private static readonly string[] Native =
    [
        "payload", "meta", "meta skuid", "ct", "fib", "rt", "lookup in a set", "anonymous set", "map", "verdict map", "concatenation",
        "interval", "numgen random", "numgen inc", "jhash", "bitwise", "range", "snat", "dnat", "masquerade", "redirect", "notrack",
        "reject", "limit", "payload write", "add to or delete from a set", "jump", "goto", "return", "accept", "drop", "policy drop", "type route",
    ];

    private readonly SortedDictionary<string, int> _counts = new(StringComparer.Ordinal);

    internal Coverage()
    {
        foreach (string name in Iptables.Select(static name => "iptables " + name).Concat(Native.Select(static name => "nft " + name)))
        {
            _counts[name] = 0;
        }
    }

    /// <summary>Those that fewer packets met.</summary>
    internal IEnumerable<string> Below(int count) => _counts.Where(pair => pair.Value < count).Select(pair => $"{pair.Key}: {pair.Value}");

    /// <summary>Counts what one packet met; what is not asked for is passed over.</summary>
    internal void Add(IEnumerable<string> met)
    {
        foreach (string name in met.Distinct())
        {
            if (_counts.TryGetValue(name, out int count))
            {
                _counts[name] = count + 1;
            }
        }
    }

    public override string ToString()
    {
        StringBuilder text = new();
        int column = 0;
        foreach ((string name, int count) in _counts)
        {
            text.Append(CultureInfo.InvariantCulture, $"{name,-34}{count,6}{(++column % 3 == 0 ? "\n" : "   ")}");
        }

        text.Append(column % 3 == 0 ? "" : "\n");
        text.Append("left out: nft queue: this kernel has none\n");
        foreach ((string type, string reason) in IpSets.LeftOut)
        {
            text.Append(CultureInfo.InvariantCulture, $"left out: ipsets of type {type}: {reason}\n");
        }

        return text.ToString().TrimEnd();
    }
}
