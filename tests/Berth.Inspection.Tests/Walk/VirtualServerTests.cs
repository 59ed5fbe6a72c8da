using System.Net;

namespace Berth.Inspection.Tests.Walk;

public sealed class VirtualServerTests
{
    private const string Masquerade = """
        *nat
        :PREROUTING ACCEPT [0:0]
        :POSTROUTING ACCEPT [0:0]
        -A PREROUTING -p tcp -m tcp --dport 30306 -j MARK --set-xmark 0x4000/0x4000
        -A POSTROUTING -m mark --mark 0x4000/0x4000 -j MASQUERADE
        COMMIT

        """;

    [Fact]
    public void Servers_share_by_weight_and_those_of_weight_zero_get_nothing()
    {
        NodeSnapshot node = Serving(WalkNodes.Of(), ("10.1.0.2", 3), ("10.1.0.3", 1), ("10.1.0.4", 0));
        WalkAnswer answer = PacketWalk.Explain(node, WalkNodes.To("192.0.2.1", 30306));
        Assert.Equal(
            "0.75 pod shop/web at 10.1.0.2:3306 by cni0 | 0.25 pod shop/db at 10.1.0.3:3306 by cni0",
            WalkNodes.Outcome(answer));
        Assert.Equal(WalkConclusion.Delivered, answer.Conclusion);
    }

    [Fact]
    public void Without_a_server_it_is_refused()
    {
        WalkAnswer answer = PacketWalk.Explain(Serving(WalkNodes.Of()), WalkNodes.To("192.0.2.1", 30306));
        Assert.Equal((WalkConclusion.Refused, WalkOutcome.Rejected), (answer.Conclusion, answer.Ways[0].End.Outcome));
    }

    [Fact]
    public void A_rule_that_rewrites_comes_before_and_the_service_is_who_would_have_got_it()
    {
        NodeSnapshot node = Serving(WalkNodes.Of("""
            *nat
            :PREROUTING ACCEPT [0:0]
            -A PREROUTING -p tcp -m addrtype --dst-type LOCAL -m tcp --dport 30306 -j DNAT --to-destination 10.1.0.3:1
            COMMIT

            """), ("10.1.0.2", 1));
        WalkAnswer answer = PacketWalk.Explain(node, WalkNodes.To("192.0.2.1", 30306));
        Assert.Equal("1 pod shop/db at 10.1.0.3:1 by cni0", WalkNodes.Outcome(answer));
        Assert.Equal(
            "IPVS tcp 192.0.2.1:30306 rr: pod shop/web at 10.1.0.2:3306 by cni0", Assert.Single(answer.Otherwise).Winner);
    }

    [Fact]
    public void A_service_that_a_manifest_names_is_called_so()
    {
        DeclaredServicePort[] services = [new("db/mysql-a:mysql", ListenerKind.NodePort, 6, null, 30306)];
        NodeSnapshot node = Serving(WalkNodes.Of(), ("10.1.0.2", 1));
        WalkStep step = Assert.Single(
            PacketWalk.Explain(node, WalkNodes.To("192.0.2.1", 30306), services).Ways[0].Steps,
            static step => step.Kind == WalkStepKind.VirtualServer);
        Assert.Equal("tcp 192.0.2.1:30306 (Service db/mysql-a:mysql) rr -> 10.1.0.2:3306 weight 1", step.Rule);
        Assert.Equal("Service db/mysql-a:mysql", step.Owner);
    }

    [Theory]
    [InlineData("1", "10.1.0.1")]
    [InlineData("0", "198.51.100.9")]
    public void Only_with_its_conntrack_setting_what_it_sends_is_masqueraded(string setting, string source)
    {
        NodeSnapshot node = Serving(WalkNodes.Of(Masquerade, ("net.ipv4.vs.conntrack", setting)), ("10.1.0.2", 1));
        WalkWay way = Assert.Single(PacketWalk.Explain(node, WalkNodes.To("192.0.2.1", 30306)).Ways);
        Assert.Equal(source, $"{way.End.Source}");
    }

    [Fact]
    public void What_the_node_sends_meets_it_too()
    {
        NodeSnapshot node = Serving(WalkNodes.Of(), ("10.1.0.2", 1));
        WalkAnswer answer = PacketWalk.Explain(node, WalkNodes.To("192.0.2.1", 30306) with { Origin = WalkOrigin.Node });
        Assert.Equal("1 pod shop/web at 10.1.0.2:3306 by cni0", WalkNodes.Outcome(answer));
    }

    [Theory]
    [InlineData("1", WalkOrigin.Outside)]
    [InlineData("0", WalkOrigin.Outside)]
    [InlineData("1", WalkOrigin.Node)]
    [InlineData("0", WalkOrigin.Node)]
    public void What_its_server_answers_has_the_services_address_again(string setting, WalkOrigin origin)
    {
        NodeSnapshot node = Serving(WalkNodes.Of(Masquerade, ("net.ipv4.vs.conntrack", setting)), ("10.1.0.2", 1));
        WalkReply reply = Assert.Single(PacketWalk.Explain(node, WalkNodes.To("192.0.2.1", 30306) with { Origin = origin }).Ways).Reply!;
        Assert.True(reply.Arrives, reply.Text);
        Assert.Equal("192.0.2.1:30306", $"{reply.Source}:{reply.SourcePort}");
        Assert.Single(reply.Steps, static step => step.Kind == WalkStepKind.VirtualServer);
    }

    private static NodeSnapshot Serving(NodeSnapshot node, params (string Address, int Weight)[] servers) => node with
    {
        Ipvs = Part.Of<IReadOnlyList<IpvsService>>(
        [
            new(6, IPAddress.Parse("192.0.2.1"), 30306, 0, "rr", [.. servers.Select(static server =>
                new IpvsServer(IPAddress.Parse(server.Address), 3306, "Masq", server.Weight))]),
        ]),
    };
}
