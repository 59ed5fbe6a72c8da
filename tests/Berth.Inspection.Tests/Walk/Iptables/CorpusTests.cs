namespace Berth.Inspection.Tests.Walk.Iptables;

/// <summary>Rules as the programs write them that people have on their nodes: all of them are understood.</summary>
public sealed class CorpusTests
{
    // What no snapshot tells: rates, who came before, and link-layer addresses.
    private static readonly Type[] Undecidable = [typeof(LimitMatch), typeof(RecentMatch), typeof(MacMatch)];

    public static TheoryData<string> Programs =>
    [.. CorpusFile.All.Where(static name => !name.StartsWith("typed", StringComparison.Ordinal) && !name.StartsWith("unmodelled", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(Programs))]
    public void Every_match_and_target_of_a_program_is_modelled(string name)
    {
        foreach (IptablesRule rule in Rules(name))
        {
            Assert.False(rule.Target is UnknownTarget, rule.Text);
            Assert.DoesNotContain(rule.Matches, static match => match is UnknownMatch);
        }
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public void Every_match_of_a_program_is_decided_but_for_those_that_no_snapshot_tells(string name)
    {
        CorpusFile file = new(name);
        WalkPacket packet = PacketWords.Parse(
            (file.Family == System.Net.Sockets.AddressFamily.InterNetworkV6 ? "v6 " : "") + "uid=0 out=cni0 physin=v0 physout=v1");
        foreach (IptablesRule rule in Rules(name))
        {
            foreach (IptablesMatch match in rule.Matches)
            {
                MatchAnswer answer = match.Evaluate(packet, TestNode.Node);
                // The sets themselves are not in this node.
                Assert.True(
                    answer.Unknown is null || Undecidable.Contains(match.GetType()) || match is SetMatch,
                    $"{rule.Text}: {answer.Unknown}");
            }
        }
    }

    [Fact]
    public void Every_extension_that_is_read_as_text_has_a_rule_in_the_corpus_that_is_read_from_the_kernel()
    {
        string[] names = [.. new[] { "typed.v4", "typed.v6" }.SelectMany(Rules)
            .SelectMany(static rule => rule.Matches).Select(static match => match.Name).Distinct()];
        string[] expected =
        [
            "addrtype", "comment", "conntrack", "state", "mark", "connmark", "multiport", "tcp", "udp", "sctp", "icmp", "icmp6",
            "set", "statistic", "physdev", "owner", "limit", "hashlimit", "recent", "rpfilter", "socket", "mac", "pkttype",
            "length", "ttl", "hl", "dscp", "tos", "iprange", "rt",
        ];
        Assert.Empty(expected.Except(names));
    }

    private static IEnumerable<IptablesRule> Rules(string name)
    {
        CorpusFile file = new(name);
        SavedTables tables = SavedTables.Index(file.Family, file.Text);
        return CorpusFile.Rules(file.Text).Select(static rule => (rule.Table, rule.Chain)).Distinct()
            .SelectMany(place => tables.Tables[place.Table].Rules(place.Chain));
    }
}
