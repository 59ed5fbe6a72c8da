using System.Net;

namespace Berth.Walk.Tests.Judge;

/// <summary>
/// Cases that each hang on one thing, beside the generated ones: so that a few hundred hold whatever a mistake may be
/// made about.
/// </summary>
internal static class PlainCases
{
    private static readonly SentPacket Web = new()
    {
        From = Topology.Outside,
        Protocol = SentPacket.Tcp,
        Source = IPAddress.Parse("192.0.2.10"),
        Destination = IPAddress.Parse("192.0.2.1"),
        SourcePort = 40000,
        DestinationPort = 80,
    };

    private static readonly SentPacket OfUser = Web with { From = Topology.Node, Source = IPAddress.Parse("192.0.2.1"), User = 1000 };
    private static readonly SentPacket ToPod = Web with { Destination = IPAddress.Parse("10.244.2.2") };
    private static readonly SentPacket BetweenPods = Web with
    {
        From = Topology.PodA,
        Source = IPAddress.Parse("10.244.1.2"),
        Destination = IPAddress.Parse("10.244.1.3"),
    };

    internal static IEnumerable<JudgeCase> All =>
    [
        Of(Web, Table("filter", ":INPUT ACCEPT [0:0]", ":A - [0:0]", "-A INPUT -g A", "-A INPUT -j DROP")),
        Of(Web, Table("filter", ":INPUT ACCEPT [0:0]", ":A - [0:0]", "-A INPUT -j A", "-A INPUT -j DROP", "-A A -s 192.0.2.10 -j RETURN")),
        Of(Web, Table("mangle", ":PREROUTING ACCEPT [0:0]", "-A PREROUTING -j MARK --set-mark 0x1")
            + Table("filter", ":INPUT ACCEPT [0:0]", "-A INPUT -m mark --mark 0x1 -j DROP")),
        Of(Web, Table("mangle", ":PREROUTING ACCEPT [0:0]", "-A PREROUTING -j CONNMARK --set-mark 0x1")
            + Table("filter", ":INPUT ACCEPT [0:0]", "-A INPUT -m connmark --mark 0x1 -j DROP")),
        Of(Web, Table("nat", ":PREROUTING ACCEPT [0:0]", "-A PREROUTING -p tcp -j DNAT --to-destination 10.244.2.2:443")
            + Table("filter", ":FORWARD ACCEPT [0:0]", "-A FORWARD -m conntrack --ctstate DNAT -j DROP")),
        Of(Web, Table("nat", ":PREROUTING ACCEPT [0:0]", "-A PREROUTING -p tcp -j DNAT --to-destination 10.244.2.2:443")
            + Table("raw", ":PREROUTING ACCEPT [0:0]", "-A PREROUTING -p tcp -j NOTRACK")),
        Of(Web, Table("filter", ":INPUT ACCEPT [0:0]", "-A INPUT -i eth0 -j DROP")),
        Of(ToPod, Table("filter", ":FORWARD ACCEPT [0:0]", "-A FORWARD -o vethr -j DROP")),
        Of(OfUser, Table("filter", ":OUTPUT ACCEPT [0:0]", "-A OUTPUT -m owner --uid-owner 1000 -j DROP")),
        Of(Web, Table("filter", ":INPUT ACCEPT [0:0]", "-A INPUT -m set --match-set ips src -j DROP"), "add ips 192.0.2.10\n"),
        Of(Web, Table("filter", ":INPUT ACCEPT [0:0]", "-A INPUT -m set --match-set nets src -j DROP"), "add nets 192.0.2.0/24\nadd nets 192.0.2.10 nomatch\n"),
        Of(Web, Table("nat", ":PREROUTING ACCEPT [0:0]", "-A PREROUTING -j DNAT --to-destination 127.0.0.1")),
        Of(Web with { Source = IPAddress.Parse("203.0.113.77"), From = Topology.PodR }, "") with { Settings = new NodeSettings(false, 1, false) },
        Of(Web with { Destination = IPAddress.Parse("203.0.113.5"), From = Topology.PodR, Source = IPAddress.Parse("10.244.2.2") },
            Table("mangle", ":PREROUTING ACCEPT [0:0]", "-A PREROUTING -j MARK --set-mark 0x100")),
        Of(BetweenPods, Table("filter", ":FORWARD DROP [0:0]")) with { Settings = new NodeSettings(true, 0, false) },
        Of(BetweenPods, Table("filter", ":FORWARD ACCEPT [0:0]", "-A FORWARD -m physdev --physdev-is-bridged -j DROP")) with
        {
            Settings = new NodeSettings(true, 0, false),
        },
        Of(Web, "") with
        {
            Ruleset = new RulesetText
            {
                Native = """
                    table ip t {
                      chain first { type nat hook prerouting priority -110; dnat to 10.244.1.2; }
                      chain second { type nat hook prerouting priority -90; dnat to 10.244.1.3; }
                      chain filtered { type filter hook forward priority 0; ip daddr 10.244.1.3 drop; }
                    }

                    """.Replace(" }", "\n}\n", StringComparison.Ordinal),
            },
        },
    ];

    private static JudgeCase Of(SentPacket packet, string legacy, string elements = "") => new(
        0, new NodeSettings(false, 0, false), new RulesetText { Legacy = legacy, Elements = elements }, [packet]);

    private static string Table(string name, params string[] lines) => $"*{name}\n{string.Join('\n', lines)}\nCOMMIT\n";
}
