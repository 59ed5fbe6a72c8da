using System.Net;
using Berth.Netlink.Route;

namespace Berth.Inspection.Tests.Walk;

public sealed class BridgeTests
{
    private const string Rules = """
        *nat
        :PREROUTING ACCEPT [0:0]
        :POSTROUTING ACCEPT [0:0]
        -A PREROUTING -p tcp -m addrtype --dst-type LOCAL -m tcp --dport 8080 -j DNAT --to-destination 10.1.0.2:80
        COMMIT
        *filter
        :FORWARD ACCEPT [0:0]
        -A FORWARD -p tcp -m tcp --dport 9 -j DROP
        COMMIT

        """;

    private static readonly (string, string) Calls = ("net.bridge.bridge-nf-call-iptables", "1");

    [Fact]
    public void Between_neighbours_no_rule_is_asked()
    {
        WalkAnswer answer = PacketWalk.Explain(WalkNodes.Of(Rules).WithPorts(), FromDb("10.1.0.2", 9));
        Assert.Equal("1 pod shop/web at 10.1.0.2:9 by cni0", WalkNodes.Outcome(answer));
        Assert.Equal("passed on by the bridge: no rule sees it", answer.Ways[0].Steps[^1].Effect);
        Assert.True(answer.Ways[0].Reply!.Arrives);
    }

    [Fact]
    public void With_br_netfilter_rules_are_asked_between_neighbours_too()
    {
        WalkAnswer answer = PacketWalk.Explain(WalkNodes.Of(Rules, Calls).WithPorts(), FromDb("10.1.0.2", 9));
        Assert.StartsWith("1 dropped by iptables-legacy filter FORWARD", WalkNodes.Outcome(answer), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0", false)]
    [InlineData("1", true)]
    public void The_answer_of_a_neighbour_is_rewritten_only_with_br_netfilter(string calls, bool arrives)
    {
        NodeSnapshot node = WalkNodes.Of(Rules, ("net.bridge.bridge-nf-call-iptables", calls)).WithPorts();
        WalkWay way = Assert.Single(PacketWalk.Explain(node, FromDb("192.0.2.1", 8080)).Ways);
        Assert.Equal(("10.1.0.2", arrives), ($"{way.End.Address}", way.Reply!.Arrives));
    }

    [Fact]
    public void Back_to_the_same_pod_it_hangs_on_the_ports_hairpin_mode()
    {
        WalkQuestion question = FromDb("192.0.2.1", 8080) with { Pod = "shop/web" };
        WalkAnswer answer = PacketWalk.Explain(WalkNodes.Of(Rules, Calls).WithPorts(), question);
        Assert.Equal(WalkConclusion.Depends, answer.Conclusion);
        Assert.All(answer.Ways, static way => Assert.Contains("hairpin mode", Assert.Single(way.Conditions).Text, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true, WalkOutcome.Delivered)]
    [InlineData(false, WalkOutcome.Dropped)]
    public void Where_the_mode_is_known_it_decides(bool isHairpin, WalkOutcome outcome)
    {
        NodeSnapshot node = WalkNodes.Of(Rules, Calls).WithPorts();
        node = node with
        {
            Links = Part.Of<IReadOnlyList<Link>>([.. node.Links.Value!.Select(link => link.Controller is null ? link : link with { IsHairpin = isHairpin })]),
        };
        WalkQuestion question = FromDb("192.0.2.1", 8080) with { Pod = "shop/web" };
        Assert.Equal(outcome, Assert.Single(PacketWalk.Explain(node, question).Ways).End.Outcome);
    }

    private static WalkQuestion FromDb(string destination, ushort port) => WalkNodes.To(destination, port) with { Pod = "shop/db" };

    [Fact]
    public void A_neighbour_on_a_link_with_a_router_is_no_pod_even_where_the_link_leads_into_another_namespace()
    {
        NodeSnapshot node = WalkNodes.Of();
        node = node with
        {
            Links = Part.Of<IReadOnlyList<Link>>(
            [
                .. node.Links.Value!.Select(static link => link.Name == "eth0" ? link with { Kind = "veth", Peer = 9, PeerNamespace = 1 } : link),
                new(12, "veth3", LinkFlags.Up, "veth", 1500, null, 2, 3, default),
            ]),
            Routes = Part.Of<IReadOnlyList<RouteEntry>>(
                [.. node.Routes.Value!, node.Routes.Value!.First(static route => route.Destination?.ToString() == "10.1.0.0") with
                {
                    Destination = IPAddress.Parse("10.9.0.0"), OutputInterface = 12,
                }]),
        };
        Assert.Equal("1 192.0.2.77:80 by eth0", WalkNodes.Outcome(PacketWalk.Explain(node, WalkNodes.To("192.0.2.77", 80) with { Origin = WalkOrigin.Node })));
        Assert.Equal("1 a pod at 10.9.0.7:80 by veth3", WalkNodes.Outcome(PacketWalk.Explain(node, WalkNodes.To("10.9.0.7", 80) with { Origin = WalkOrigin.Node })));
    }
}
