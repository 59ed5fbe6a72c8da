using System.Text.RegularExpressions;
using Berth.Netlink.Route;
using Berth.NfTables;

namespace Berth.Inspection.Tests.Kernel.Walk;

/// <summary>
/// The text of a rule against nft's own: each line of nft-rules.txt (family, chain, rule) is loaded by nft, read by Berth,
/// printed, and compared with what nft lists; then nft must accept the text.
/// </summary>
public sealed partial class NftRuleTextTests : KernelTests
{
    private const int FewestLines = 400;

    [Theory]
    [InlineData("ip")]
    [InlineData("ip6")]
    [InlineData("inet")]
    public void A_rule_reads_as_nft_lists_it_and_nft_accepts_its_text(string family)
    {
        (string Chain, string Rule)[] rules = [.. Lines().Where(line => line.Family == family).Select(line => (line.Chain, line.Rule))];
        Tool.Nft(Objects(family) + string.Concat(rules.Select(rule => $"add rule {family} t {rule.Chain} {rule.Rule}\n")));

        List<string> differences = [];
        List<string> accepted = [];
        foreach (string chain in rules.Select(rule => rule.Chain).Distinct())
        {
            string[] listed = Listed(family, chain);
            string[] printed = Printed(family, chain);
            string[] written = [.. rules.Where(rule => rule.Chain == chain).Select(rule => rule.Rule)];
            Assert.Equal(written.Length, listed.Length);
            Assert.Equal(written.Length, printed.Length);
            for (int i = 0; i < written.Length; i++)
            {
                if (printed[i] != listed[i])
                {
                    differences.Add($"{family} {chain} {written[i]}\n  nft   {listed[i]}\n  berth {printed[i]}");
                }

                if (!Bracketed().IsMatch(printed[i]))
                {
                    accepted.Add($"add rule {family} t {chain} {printed[i]}");
                }
            }
        }

        Assert.True(differences.Count == 0, string.Join('\n', differences));
        // In one transaction, and line by line only to name the one that is refused.
        Tool check = Tool.Try("nft", ["-c", "-f", "-"], string.Join('\n', accepted) + "\n");
        Assert.True(check.ExitCode == 0, check.Errors);
    }

    [Fact]
    public void The_rules_are_many() => Assert.True(Lines().Count() >= FewestLines, $"only {Lines().Count()} rules");

    [Fact]
    public void What_cannot_be_written_stands_as_its_name_in_brackets_and_what_surrounds_it_stays()
    {
        Tool.Nft(Objects("ip"));
        Tool.Nft("add rule ip t filter tcp dport 80 ip dscp set cs1 tcp option maxseg size set 1400 accept");
        Tool.Run("iptables-nft", "-A", "INPUT", "-p", "udp", "-m", "recent", "--name", "x", "--set", "-j", "TTL", "--ttl-set", "5", "-t", "mangle");

        Assert.Equal(["tcp dport 80 [payload] [exthdr] accept"], Printed("ip", "filter"));
        Assert.Equal(
            ["meta l4proto udp [match recent] counter packets 0 bytes 0 [target TTL]"],
            Printed("ip", "INPUT", "mangle").Select(text => text.Replace("ip protocol udp", "meta l4proto udp", StringComparison.Ordinal)));
    }

    private static string Objects(string family) => $$"""
        add table {{family}} t
        add chain {{family}} t target
        add chain {{family}} t filter { type filter hook input priority 0; }
        add chain {{family}} t raw { type filter hook prerouting priority -300; }
        add chain {{family}} t mangle { type filter hook prerouting priority -150; }
        add chain {{family}} t nat { type nat hook prerouting priority -100; }
        add chain {{family}} t post { type nat hook postrouting priority 100; }
        add set {{family}} t addresses { type ipv4_addr; elements = { 192.0.2.1 }; }
        add set {{family}} t pairs { type ipv4_addr . inet_service; }
        add set {{family}} t sourcepairs { type ipv4_addr . ipv4_addr; }
        add set {{family}} t triple { type ipv4_addr . ipv4_addr . inet_service; }
        add set {{family}} t ports { type inet_service; flags interval; elements = { 80-90, 443 }; }
        add set {{family}} t interfaces { type ifname; }
        add set {{family}} t links { type ifname . ifname; }
        add set {{family}} t markset { type mark; }
        add set {{family}} t seen { type ipv4_addr; flags dynamic,timeout; timeout 1m; }
        add set {{family}} t seenpairs { type ipv4_addr . inet_service; flags dynamic; }
        add map {{family}} t verdicts { type inet_service : verdict; }
        add map {{family}} t verdicts3 { type ipv4_addr . inet_proto . inet_service : verdict; }
        add map {{family}} t ifverdicts { type ifname . ipv4_addr : verdict; }
        add map {{family}} t marks { type ipv4_addr : mark; }
        add map {{family}} t natmap { type inet_proto . inet_service : ipv4_addr . inet_service; }
        add map {{family}} t portaddr { type inet_service : ipv4_addr; }
        add counter {{family}} t c1

        """;

    private static IEnumerable<(string Family, string Chain, string Rule)> Lines() =>
        File.ReadLines(Path.Combine(Repository.Root, "tests/Berth.Inspection.Tests/Kernel/Walk/nft-rules.txt"))
            .Where(line => line.Length > 0 && line[0] != '#')
            .Select(line => line.Split(' ', 3))
            .Select(words => (words[0], words[1], words[2]));

    private static string[] Listed(string family, string chain) =>
        [.. Tool.Nft($"list chain {family} t {chain}").Split('\n').Where(line => line.StartsWith("\t\t", StringComparison.Ordinal)
            && !line.StartsWith("\t\ttype ", StringComparison.Ordinal)).Select(line => line.Trim())];

    private static string[] Printed(string family, string chain, string table = "t")
    {
        NodeSnapshot snapshot = Read();
        RulesetTable found = snapshot.NfTables.Value!.Tables.Single(one => one.Family.ToText() == family && one.Name == table);
        Dictionary<uint, string> links = snapshot.Links.Value!.ToDictionary(link => (uint)link.Index, link => link.Name);
        return
        [
            .. found.Chains.Single(one => one.Name == chain).Rules.Select(rule => NftRuleText.Of(
                found.Family,
                rule,
                name => found.Sets.SingleOrDefault(set => set.Name == name),
                index => links.GetValueOrDefault(index))),
        ];
    }

    [GeneratedRegex(@"\[[a-z]+[^\]]*\](?!:)")]
    private static partial Regex Bracketed();
}
