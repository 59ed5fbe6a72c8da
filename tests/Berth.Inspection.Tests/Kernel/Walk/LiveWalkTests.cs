using System.Net;
using System.Net.Sockets;
using Berth.NfTables;

namespace Berth.Inspection.Tests.Kernel.Walk;

public sealed class LiveWalkTests : WalkTests
{
    private static NodeReaderOptions Options => new() { CniCacheDirectory = "/run/cni", PodLogDirectory = "/run/pods" };

    [Fact]
    public void The_node_itself_answers_as_its_snapshot_does()
    {
        Tool.Nft("""
            table inet t {
              map where { type inet_service : ipv4_addr . inet_service; elements = { 8080 : 10.1.0.2 . 80, 8081 : 10.1.0.3 . 80 }; }
              chain unreached { tcp dport 1 drop; }
              chain take { dnat ip to tcp dport map @where; }
              chain prerouting { type nat hook prerouting priority -100; tcp dport 8080-8081 jump take; tcp dport 1 jump unreached; }
              chain forward { type filter hook forward priority 0; policy drop; ct status dnat accept; }
            }
            """);
        foreach (ushort port in (ReadOnlySpan<ushort>)[8080, 8081, 8082])
        {
            WalkAnswer live = PacketWalk.ExplainHere(Options, To("192.0.2.1", port));
            WalkAnswer snapshot = PacketWalk.Explain(Read(), To("192.0.2.1", port));
            Assert.Equal(snapshot.Conclusion, live.Conclusion);
            Assert.Equal(Steps(snapshot.Ways[0]), Steps(live.Ways[0]));
            Assert.Equal(snapshot.Ways[0].End, live.Ways[0].End);
        }
    }

    [Fact]
    public void Of_many_chains_and_sets_only_those_are_read_that_the_packet_reaches()
    {
        Tool.Nft(string.Concat(Enumerable.Range(0, 300).Select(static number =>
                $"add table ip t\nadd chain ip t svc{number}\nadd set ip t set{number} {{ type ipv4_addr; }}\nadd rule ip t svc{number} ip saddr @set{number} drop\n"))
            + """
            add chain ip t pre { type nat hook prerouting priority -100; }
            add map ip t where { type inet_service : verdict; }
            add element ip t where { 8080 : goto svc7 }
            add rule ip t pre tcp dport vmap @where

            """);
        NodeSnapshot node = Read();
        using LiveNftSource kernel = LiveNftSource.Open()!;
        CountedSource counted = new(kernel);
        PacketWalk.Explain(new WalkNode(node), To("192.0.2.1", 8080), new WalkRuleset(counted));
        Assert.Equal(["chain pre", "chain svc7", "set set7", "set where"], counted.Read.Order());
    }

    private sealed class CountedSource(NftSource inner) : NftSource
    {
        internal HashSet<string> Read { get; } = [];

        internal override IReadOnlyList<Chain> BaseChains() => inner.BaseChains();

        internal override IReadOnlyList<FlowTable> FlowTables() => inner.FlowTables();

        internal override IReadOnlyList<RulesetRule> Rules(NfFamily family, string table, string chain)
        {
            Read.Add($"chain {chain}");
            return inner.Rules(family, table, chain);
        }

        internal override RulesetSet? Set(NfFamily family, string table, string name)
        {
            Read.Add($"set {name}");
            return inner.Set(family, table, name);
        }
    }

    [Fact]
    public void A_socket_of_the_node_is_named_with_its_process()
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Any, 2222));
        socket.Listen();
        WalkWay way = Assert.Single(PacketWalk.ExplainHere(Options, To("192.0.2.1", 2222)).Ways);
        Assert.Equal(Environment.ProcessId, way.End.Owner.ProcessId);
        Assert.StartsWith("socket of ", way.End.Text, StringComparison.Ordinal);
        Assert.EndsWith($"/{Environment.ProcessId} on 0.0.0.0:2222", way.End.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_privilege_what_could_not_be_read_is_said_and_the_rest_is_shown()
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Any, 2222));
        socket.Listen();
        Tool.Nft("""
            table inet t { chain input { type filter hook input priority 0; policy drop; }
            }
            """);
        WalkAnswer answer = Unprivileged.Run(static () => PacketWalk.ExplainHere(Options, To("192.0.2.1", 2222)));
        Assert.Equal(WalkConclusion.Depends, answer.Conclusion);
        Assert.Contains("the nftables ruleset, and with it that of iptables-nft (needs root (CAP_NET_ADMIN))", answer.Unread);
        Assert.StartsWith("socket of ", Assert.Single(answer.Ways).End.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_ports_hairpin_mode_is_read()
    {
        Tool.Run("ip", "link", "add", "vetha", "type", "veth", "peer", "name", "vethb");
        Tool.Run("ip", "link", "set", "vetha", "master", "cni0");
        Assert.False(Read().Links.Value!.Single(static link => link.Name == "vetha").IsHairpin);
        Tool.Run("ip", "link", "set", "vetha", "type", "bridge_slave", "hairpin", "on");
        Assert.True(Read().Links.Value!.Single(static link => link.Name == "vetha").IsHairpin);
        Assert.Null(Read().Links.Value!.Single(static link => link.Name == "vethb").IsHairpin);
    }

    [Fact]
    public void A_dormant_table_does_nothing()
    {
        Tool.Nft("""
            table inet t { flags dormant; chain input { type filter hook input priority 0; policy drop; }
            }
            """);
        Assert.StartsWith("refused", PacketWalk.ExplainHere(Options, To("192.0.2.1", 80)).Ways[0].End.Text, StringComparison.Ordinal);
        Assert.StartsWith("refused", PacketWalk.Explain(Read(), To("192.0.2.1", 80)).Ways[0].End.Text, StringComparison.Ordinal);
    }
}
