using System.Text;
using Berth.Cli;
using Berth.Cli.Inputs;
using Berth.Cli.Rendering;
using Berth.Inspection;
using Berth.Netlink;
using Berth.NfTables;

namespace Berth.Fuzz;

/// <summary>What a packet's walk reads: rules of iptables as text, rules of nf_tables with iptables' structures in them,
/// whole snapshots, and the packet itself as people write it.</summary>
internal static class WalkTargets
{
    private static readonly string[] IptablesWords =
    [
        "*nat", "*filter", "*mangle", "*raw", "COMMIT", ":PREROUTING", ":INPUT", "ACCEPT", "DROP", "-A", "PREROUTING", "OUTPUT", "POSTROUTING",
        "FORWARD", "INPUT", "-p", "tcp", "udp", "sctp", "icmp", "-m", "!", "-i", "-o", "eth0", "cni+", "-s", "-d", "10.0.0.0/8", "fd00::/8",
        "multiport", "--dports", "80,81", "80:90", "conntrack", "--ctstate", "RELATED,ESTABLISHED", "DNAT", "addrtype", "--dst-type", "LOCAL",
        "mark", "--mark", "0x4000/0x4000", "statistic", "--mode", "random", "nth", "--every", "--packet", "--probability", "0.5", "set",
        "--match-set", "src,dst", "hashlimit", "limit", "--limit", "5/min", "recent", "--rcheck", "owner", "--uid-owner", "comment",
        "--comment", "\"a b\"", "icmp", "--icmp-type", "tcp-flags", "--tcp-flags", "SYN,RST", "-j", "-g", "REDIRECT", "--to-ports", "SNAT",
        "--to-source", "--to-destination", "10.1.0.2:80", "MASQUERADE", "NETMAP", "--to", "REJECT", "--reject-with", "tcp-reset", "MARK",
        "--set-xmark", "--or-mark", "CONNMARK", "--restore-mark", "CT", "--notrack", "TPROXY", "--on-port", "--random-fully", "--persistent",
    ];

    internal static IEnumerable<FuzzTarget> All()
    {
        yield return new FuzzTarget(
            "walk-iptables", InputShape.Lines, ["/tests/Berth.Inspection.Tests/Walk/Iptables/Corpus/*.v?", "iptables-save"], [], Iptables)
        { Words = IptablesWords };
        yield return new FuzzTarget("xt-entries", InputShape.Bytes, ["xt-entries"], [typeof(FormatException)], Entries);
        yield return new FuzzTarget("walk-nftables", InputShape.Netlink, ["nftables"], [typeof(NetlinkFormatException)], Nftables);
        yield return new FuzzTarget(
            "walk-snapshot", InputShape.Json, ["snapshot", "/examples/hijack.json"], [typeof(SnapshotException), typeof(WalkException)],
            static bytes => Walk(SnapshotJson.Read(new MemoryStream(bytes)), bytes))
        {
            Words = FileTargets.SnapshotWords,
            MaxLength = 32 * 1024,
        };
        yield return new FuzzTarget(
            "explain-arguments", InputShape.Lines, ["explain-arguments"], [typeof(CommandException), typeof(WalkException)], Arguments)
        {
            MaxLength = 256,
            Words = ["tcp", "udp", "sctp", "icmp", "10.1.0.1:80", "[fd00:1::1]:80", "192.0.2.9", "eth0", "cni0", "shop/web", "yes", "no", "0"],
        };
    }

    // As iptables-legacy-save printed it, of both families.
    private static void Iptables(byte[] bytes)
    {
        string saved = Encoding.UTF8.GetString(bytes);
        Walk(
            WalkGround.Node with
            {
                LegacyIptables = Part.Of<IReadOnlyList<LegacyTables>>([new(false, ["nat"], saved), new(true, ["nat"], saved)]),
            },
            bytes);
    }

    // As the kernel gives a table of iptables-legacy: a byte with the family, struct ipt_getinfo, which begins with the table's name,
    // and the entries.
    private static void Entries(byte[] bytes)
    {
        const int InfoLength = 84;
        bool isIPv6 = bytes is [6, ..];
        byte[] info = [.. bytes.Skip(1).Take(InfoLength)];
        RuleContext context = IptablesPrograms.Context(WalkGround.Node, isIPv6 ? NfFamily.Ip6 : NfFamily.Ip);
        string name = Encoding.ASCII.GetString(info).Split('\0')[0];
        EntryTable table = EntryTable.Index(context, name, info, bytes.AsMemory(Math.Min(1 + InfoLength, bytes.Length)));
        List<WalkProgram> programs = [];
        foreach (BaseChain chain in BaseChain.All.Where(chain => chain.Table == name && table.HasChain(chain.Name)))
        {
            programs.Add(new LegacyProgram(isIPv6 ? NfFamily.Ip6 : NfFamily.Ip, chain, table.Policy(chain.Name), table.Rules));
            foreach (IptablesRule rule in table.Rules(chain.Name))
            {
                _ = rule.Text;
            }
        }

        WalkQuestion question = NetlinkTargets.Pick(WalkGround.Questions, bytes);
        Print(PacketWalk.Explain(new WalkNode(WalkGround.Node), question, new WalkRuleset(null) { Legacy = programs }));
    }

    // Rules that a kernel sent, in every chain that the packet may pass.
    private static void Nftables(byte[] bytes)
    {
        List<RulesetRule> rules = [];
        Dictionary<string, RulesetSet> sets = [];
        NetlinkTargets.Each(bytes, message =>
        {
            NetlinkTargets.Try(message, m =>
            {
                Rule rule = RuleMessage.Read(m);
                rules.Add(new RulesetRule(rule.Handle, rule.Expressions, rule.Comment));
                return rule;
            });
            NetlinkTargets.Try(message, m =>
            {
                Set set = SetMessage.Read(m);
                sets[set.Name] = new RulesetSet(
                    set.Name, set.Handle, set.Flags, set.KeyType, set.ValueType, set.FieldLengths, sets.GetValueOrDefault(set.Name)?.Elements ?? []);
                return set;
            });
            NetlinkTargets.Try(message, m =>
            {
                IReadOnlyList<Element> elements = ElementMessage.Read(m);
                foreach ((string name, RulesetSet set) in sets.ToArray())
                {
                    sets[name] = set with { Elements = elements };
                }

                return elements;
            });
        });
        List<RulesetTable> tables = [];
        foreach ((NfFamily family, string name) in ((NfFamily, string)[])[(NfFamily.Ip, "nat"), (NfFamily.Ip6, "filter"), (NfFamily.Inet, "t")])
        {
            string type = name == "filter" ? "filter" : "nat";
            tables.Add(new RulesetTable(
                family, name, 0,
                [
                    new RulesetChain("PREROUTING", 1, new ChainHook(type, NfHook.Prerouting, -100), rules),
                    new RulesetChain("POSTROUTING", 2, new ChainHook(type, NfHook.Postrouting, 100), rules),
                    new RulesetChain("KUBE-SERVICES", 3, null, rules),
                ],
                [.. sets.Values]));
        }

        Walk(WalkGround.Node with { NfTables = Part.Of(new Ruleset(1, true, tables)) }, bytes);
    }

    private static void Walk(NodeSnapshot node, byte[] bytes)
    {
        WalkQuestion question = NetlinkTargets.Pick(WalkGround.Questions, bytes);
        WalkAnswer answer;
        try
        {
            answer = PacketWalk.Explain(node, question);
        }
        catch (WalkException) when (!ReferenceEquals(node.Links, WalkGround.Node.Links))
        {
            // In another node's file there need not be such a link.
            return;
        }

        if (answer.Ways.Count == 0)
        {
            throw new ContractException("a packet that goes nowhere");
        }

        Print(answer);
    }

    private static void Print(WalkAnswer answer)
    {
        using StringWriter output = new();
        ExplanationText.Write(output, answer, colour: false);
        ExplanationJson.Write(output, answer);
    }

    // A line for each argument: protocol, addresses, link, whether it is of the node, pod.
    private static void Arguments(byte[] bytes)
    {
        string[] lines = Encoding.UTF8.GetString(bytes).Split('\n');
        string? Line(int at) => lines.Length > at && lines[at].Length > 0 ? lines[at] : null;
        string[] addresses = [Line(1) ?? "", Line(2) ?? ""];
        WalkQuestion question = WalkQuestionInput.Parse(
            Line(0) ?? "", addresses[1].Length > 0 ? addresses : addresses[..1], Line(3), Line(4) == "yes", Line(5));
        Print(PacketWalk.Explain(WalkGround.Node, question));
    }
}
