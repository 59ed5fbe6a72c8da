using System.Net;
using Berth.Walk.Tests.Judge;

namespace Berth.Walk.Tests;

/// <summary>
/// What some kernels are built without: IPVS, nft's queue, some types of ipset. With <c>./test --all</c> these run on Debian's
/// kernels, which have all of it.
/// </summary>
[Trait("kernel", "any")]
public sealed class OtherKernelTests : KernelTests
{
    private static readonly SentPacket Tcp = new()
    {
        From = Topology.Outside,
        Protocol = SentPacket.Tcp,
        Source = IPAddress.Parse("192.0.2.10"),
        Destination = IPAddress.Parse("192.0.2.1"),
        SourcePort = 40000,
        DestinationPort = 8080,
    };

    private static readonly SentPacket ToService = Tcp with { Destination = IPAddress.Parse("10.96.0.9"), DestinationPort = 3306 };

    private const string Service = "10.96.0.9:3306";

    // As kube-proxy marks it.
    private const string Masquerade = """
        *nat
        :OUTPUT ACCEPT [0:0]
        :POSTROUTING ACCEPT [0:0]
        -A OUTPUT -p tcp -m tcp --dport 3306 -j MARK --set-xmark 0x4000/0x4000
        -A POSTROUTING -m mark --mark 0x4000/0x4000 -j MASQUERADE --random-fully
        COMMIT

        """;

    [Fact]
    public void What_nft_hands_to_a_program_that_is_not_there_is_dropped_or_passes_it_by()
    {
        using Court court = new(() => Read());
        static RulesetText Rules(string statement) => new()
        {
            Native = $"table ip t {{\n chain c {{\n type filter hook input priority 0\n {statement}\n drop\n }}\n}}\n",
        };
        Assert.SkipWhen(court.Refuses(Rules("queue num 3")), "this kernel has no queue for nft");
        foreach ((string statement, bool passes) in ((string, bool)[])
        [
            ("queue num 3", false), ("queue to 1-3", false), ("queue flags bypass to 1-3", true),
            ("queue flags bypass to jhash ip saddr mod 4", true),
        ])
        {
            court.AssertAgreement(Of(Tcp, Rules(statement)), passes ? Topology.Node : null, passes ? true : null);
        }
    }

    [Fact]
    public void Sets_of_rarer_types_hold_what_they_hold()
    {
        string[] types = ["netnets", "netportnets", "ipmarks"];
        Assert.SkipUnless(types.All(static name => IpSets.All.Any(set => set.Name == name)), "this kernel has no such ipsets");
        using Court court = new(() => Read());
        foreach ((string set, string sides, string elements, bool holds) in ((string, string, string, bool)[])
        [
            ("netnets", "dst,src", "192.0.2.0/24,192.0.2.10", true),
            ("netnets", "dst,src", "192.0.2.0/24,192.0.2.0/24\nadd netnets 192.0.2.0/24,192.0.2.10 nomatch", false),
            ("netportnets", "dst,dst,src", "192.0.2.0/24,tcp:8080,192.0.2.0/28", true),
            ("netportnets", "dst,dst,src", "192.0.2.0/24,udp:8080,192.0.2.0/28", false),
            ("ipmarks", "src,dst", "192.0.2.10,0x7", true),
            ("ipmarks", "src,dst", "192.0.2.10,0x8", false),
        ])
        {
            RulesetText rules = new()
            {
                Elements = $"add {set} {elements}\n",
                Compatible = "*mangle\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -j MARK --set-mark 0x7\nCOMMIT\n"
                    + $"*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -m set --match-set {set} {sides} -j DROP\nCOMMIT\n",
            };
            court.AssertAgreement(Of(Tcp, rules), holds ? null : Topology.Node, holds ? null : true);
        }
    }

    [Fact]
    public void IPVS_sends_to_its_servers_and_gives_their_answers_its_address_again()
    {
        Assert.SkipWhen(Tool.Try("ipvsadm", ["--list"]).ExitCode != 0, "this kernel has no IPVS");
        using Court court = new(() => Read());
        SentPacket fromNode = ToService with { From = Topology.Node, Source = IPAddress.Parse("10.96.0.9") };
        ushort port = ToService.SourcePort;
        foreach (bool isTracked in (bool[])[true, false])
        {
            // What IPVS remembers of a client outlives the service: each is another.
            void Judge(SentPacket packet, string server, string rules, string end, bool isAnswered) => court.AssertAgreement(
                Of(packet with { SourcePort = ++port }, new RulesetText { Virtual = $"-A -t {Service} -s rr\n-a -t {Service} -r {server} -m -w 1\n", Compatible = rules })
                    with
                { Settings = NodeSettings.Usual with { IsVirtualTracked = isTracked } },
                end,
                isAnswered);

            Judge(ToService, "10.244.2.2:80", "", Topology.PodR, true);
            Judge(ToService, "192.0.2.1:8080", "", Topology.Node, true);
            Judge(fromNode, "10.244.1.2:80", "", Topology.PodA, true);
            Judge(fromNode, "10.244.1.2:80", Masquerade, Topology.PodA, true);

            // A neighbour of the server gets its answer past the node.
            Judge(ToService with { From = Topology.PodB, Source = IPAddress.Parse("10.244.1.3") }, "10.244.1.2:80", "", Topology.PodA, false);
        }
    }

    [Fact]
    public void A_flow_table_does_nothing_to_the_first_packet_and_the_rest_of_its_rule_neither()
    {
        using Court court = new(() => Read());
        static RulesetText Rules(string rule) => new()
        {
            Native = $"table inet f {{\n flowtable fast {{ hook ingress priority 0; devices = {{ eth0, vethr }}; }}\n chain c {{\n type filter hook forward priority 0\n {rule}\n }}\n}}\n",
        };
        Assert.SkipWhen(court.Refuses(Rules("flow add @fast")), "this kernel has no flow tables");
        SentPacket datagram = Tcp with { Protocol = SentPacket.Udp, Destination = IPAddress.Parse("10.244.2.2"), DestinationPort = 80 };
        court.AssertAgreement(Of(datagram, Rules("ct state new flow add @fast drop")), Topology.PodR, null);
        court.AssertAgreement(Of(datagram with { SourcePort = 40001 }, Rules("ct state new drop")), null, null);
    }

    [Fact]
    public void Tables_of_ebtables_legacy_are_read_with_the_number_of_their_rules()
    {
        Assert.SkipUnless(File.Exists("/usr/sbin/ebtables-legacy"), "there is no ebtables-legacy: Debian has it in the package ebtables");
        Assert.SkipWhen(Tool.Try("ebtables-legacy", ["-t", "filter", "-L"]).ExitCode != 0, "this kernel has no ebtables-legacy");
        try
        {
            foreach (string rule in (string[])
                ["filter -N mine", "filter -A mine -j CONTINUE", "filter -A FORWARD -p IPv4 --ip-dst 192.0.2.9 -j DROP", "filter -A FORWARD -j mine",
                 "filter -P OUTPUT DROP", "nat -A PREROUTING -i eth7 -j ACCEPT", "broute -L"])
            {
                Tool.Run("ebtables-legacy", ["-t", .. rule.Split(' ')]);
            }

            Part<IReadOnlyList<EbtablesChain>> tables = NodeReader.Read(new NodeReaderOptions()).Ebtables;
            Assert.True(tables.Value is not null, tables.Reason);
            Assert.Equal(
                [
                    "broute BROUTING Prerouting 0", "filter FORWARD Forward 2", "filter INPUT Input 0", "filter OUTPUT Output 0 drops",
                    "nat OUTPUT Output 0", "nat POSTROUTING Postrouting 0", "nat PREROUTING Prerouting 1",
                ],
                tables.Value.Select(static chain => $"{chain.Table} {chain.Name} {chain.Hook} {chain.RuleCount}{(chain.Drops ? " drops" : "")}").Order());
        }
        finally
        {
            // The namespace is that of the other tests.
            Tool.Run("ebtables-legacy", "-t", "filter", "-P", "OUTPUT", "ACCEPT");
            Tool.Run("ebtables-legacy", "-t", "filter", "-F");
            Tool.Run("ebtables-legacy", "-t", "filter", "-X");
            Tool.Run("ebtables-legacy", "-t", "nat", "-F");
        }
    }

    [Fact]
    public void A_manifest_names_the_virtual_services_of_IPVS()
    {
        Assert.SkipWhen(Tool.Try("ipvsadm", ["--list"]).ExitCode != 0, "this kernel has no IPVS");
        Tool.Run("ipvsadm", "-A", "-t", Service, "-s", "rr");
        Tool.Run("ipvsadm", "-a", "-t", Service, "-r", "10.244.1.2:80", "-m");
        try
        {
            ListenerOptions options = new() { WithClusterAddresses = true };
            DeclaredServicePort[] services = [new("db/mysql-a:mysql", ListenerKind.ClusterIP, 6, IPAddress.Parse("10.96.0.9"), 3306)];
            NodeSnapshot node = NodeReader.Read(new NodeReaderOptions());
            Listener Only(ListenerOptions options) => NodeListeners.Find(node, options).Single(static listener => listener.Source == "kube-proxy ipvs");
            Assert.Equal("-", Only(options).Owner.Name);
            Assert.Equal("db/mysql-a:mysql", Only(options with { Services = services }).Owner.Name);
        }
        finally
        {
            Tool.Run("ipvsadm", "-C");
        }
    }

    private static JudgeCase Of(SentPacket packet, RulesetText rules) => new(0, NodeSettings.Usual, rules, [packet]);
}
