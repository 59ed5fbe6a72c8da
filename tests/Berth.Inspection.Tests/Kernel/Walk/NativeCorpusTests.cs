using System.Net;

namespace Berth.Inspection.Tests.Kernel.Walk;

/// <summary>Native rulesets as the programs write them that people have on their nodes: all of it is read, printed and walked.</summary>
public sealed class NativeCorpusTests : WalkTests
{
    private static readonly string Directory = Path.Combine(Repository.Root, "tests/Berth.Inspection.Tests/Walk/Nftables/Corpus");

    public static TheoryData<string> Files =>
        [.. System.IO.Directory.GetFiles(Directory, "*.nft").Select(static path => Path.GetFileName(path)).Order()];

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_rule_of_a_program_is_printed_and_every_packet_through_it_is_decided(string file)
    {
        Load(file);
        NodeSnapshot node = Node(Listening(6, "0.0.0.0", 22), Listening(17, "0.0.0.0", 5000));
        List<string> unknown = [];
        foreach (RulesetTable table in node.NfTables.Value!.Tables)
        {
            foreach (RulesetRule rule in table.Chains.SelectMany(static chain => chain.Rules))
            {
                string text = NftRuleText.Of(table.Family, rule, name => table.Sets.SingleOrDefault(set => set.Name == name), static _ => null);
                if (System.Text.RegularExpressions.Regex.IsMatch(text, @"\[[a-z]"))
                {
                    unknown.Add(text);
                }
            }
        }

        Assert.True(unknown.Count == 0, string.Join('\n', unknown));
        int walked = 0;
        foreach ((string source, string link) in ((string, string)[])
            [("192.0.2.9", "eth0"), ("198.51.100.9", "eth0"), ("203.0.113.9", "eth0"), ("10.1.0.3", "cni0"), ("192.0.2.1", "")])
        {
            foreach (string destination in (string[])["192.0.2.1", "10.1.0.2", "192.0.2.77"])
            {
                foreach ((byte protocol, ushort port) in ((byte, ushort)[])[(6, 22), (6, 80), (6, 8080), (6, 8081), (6, 9000), (6, 21), (17, 5000), (17, 137), (17, 9002), (1, 0)])
                {
                    WalkAnswer answer = PacketWalk.Explain(node, To(destination, port, protocol) with
                    {
                        Source = IPAddress.Parse(source),
                        Origin = link.Length == 0 ? WalkOrigin.Node : WalkOrigin.Outside,
                        Interface = link.Length == 0 ? null : link,
                    });
                    walked++;
                    // But for rates no condition is left open.
                    Assert.All(answer.Ways.SelectMany(static way => way.Conditions), condition =>
                        Assert.StartsWith("the limit lets it go on", condition.Text, StringComparison.Ordinal));
                }
            }
        }

        Assert.Equal(150, walked);
    }

    [Theory]
    [InlineData("firewalld.nft", "192.0.2.9", 22, "socket of somebody on 0.0.0.0:22")]
    [InlineData("firewalld.nft", "198.51.100.9", 22, "rejected by nft inet firewalld filter_IN_public_deny: ip saddr 198.51.100.0/24 reject with icmp admin-prohibited")]
    [InlineData("firewalld.nft", "192.0.2.9", 8080, "pod shop/web at 10.1.0.2:80 by cni0")]
    [InlineData("firewalld.nft", "192.0.2.9", 4711, "rejected by nft inet firewalld filter_IN_public: reject with icmpx admin-prohibited")]
    [InlineData("docker.nft", "192.0.2.9", 8080, "pod shop/web at 10.1.0.2:80 by cni0")]
    [InlineData("docker.nft", "192.0.2.9", 22, "socket of somebody on 0.0.0.0:22")]
    public void A_packet_ends_where_the_program_means_it_to(string file, string source, ushort port, string end)
    {
        Load(file);
        Assert.Equal(end, End(Node(Listening(6, "0.0.0.0", 22)), To("192.0.2.1", port) with { Source = IPAddress.Parse(source), Interface = "eth0" }));
    }

    [Fact]
    public void Past_its_published_ports_Docker_lets_nobody_in()
    {
        Load("docker.nft");
        Assert.StartsWith(
            "dropped by nft ip docker-bridges raw-PREROUTING: ip daddr 10.1.0.2 iifname != \"cni0\"",
            End(Node(), To("10.1.0.2", 80) with { Source = IPAddress.Parse("192.0.2.9"), Interface = "eth0" }),
            StringComparison.Ordinal);
        Assert.StartsWith(
            "dropped by nft ip docker-bridges filter-forward-in__cni0",
            End(Node(), To("10.1.0.3", 81) with { Source = IPAddress.Parse("192.0.2.9"), Interface = "eth0" }),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_port_that_Docker_publishes_by_nftables_is_a_host_port_of_Docker()
    {
        Load("docker.nft");
        Listener listener = Assert.Single(NodeListeners.Find(Node(), new ListenerOptions()));
        Assert.Equal(
            (ListenerKind.HostPort, "docker nftables", (ushort)8080, "10.1.0.2:80"),
            (listener.Kind, listener.Source, listener.Ports!.First, Assert.Single(listener.Targets)));
    }

    private static void Load(string file)
    {
        Tool loaded = Tool.Try("nft", ["-f", Path.Combine(Directory, file)]);
        Assert.True(loaded.ExitCode == 0, loaded.Errors);
    }
}
