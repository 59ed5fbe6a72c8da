using System.Net;

namespace Berth.Inspection.Tests.Kernel.Walk;

public sealed class RoutingTests : WalkTests
{
    [Theory]
    [InlineData("unreachable", WalkOutcome.Rejected)]
    [InlineData("blackhole", WalkOutcome.Dropped)]
    [InlineData("prohibit", WalkOutcome.Rejected)]
    public void Routes_that_refuse_refuse(string type, WalkOutcome outcome)
    {
        Tool.Run("ip", "route", "add", type, "203.0.113.0/24");
        Assert.Equal(outcome, Way(Node(), To("203.0.113.9", 80) with { Interface = "eth0" }).End.Outcome);
    }

    [Fact]
    public void A_mark_chooses_the_table_and_on_the_way_out_only_a_chain_of_type_route_does()
    {
        Tool.Run("ip", "rule", "add", "fwmark", "0x10", "table", "100");
        Tool.Run("ip", "route", "add", "203.0.113.0/24", "dev", "cni0", "table", "100");
        Tool.Run("ip", "route", "add", "203.0.113.0/24", "via", "192.0.2.254");
        Tool.Nft("""
            table ip t {
              chain pre { type filter hook prerouting priority -150; tcp dport 80 meta mark set 0x10; }
              chain out { type filter hook output priority -150; tcp dport 80 meta mark set 0x10; }
              chain route { type route hook output priority -150; tcp dport 81 meta mark set 0x10; }
            }
            """);
        NodeSnapshot node = Node();
        Assert.Equal("cni0", Way(node, To("203.0.113.9", 80) with { Interface = "eth0" }).End.Interface);
        Assert.Equal("eth0", Way(node, To("203.0.113.9", 80) with { Origin = WalkOrigin.Node }).End.Interface);
        Assert.Equal("cni0", Way(node, To("203.0.113.9", 81) with { Origin = WalkOrigin.Node }).End.Interface);
    }

    [Fact]
    public void Reverse_path_filtering_drops_what_would_be_answered_by_another_link()
    {
        Tool.Run("sysctl", "-qw", "net.ipv4.conf.eth0.rp_filter=1");
        NodeSnapshot node = Node(Listening(6, "0.0.0.0", 80));
        WalkQuestion question = To("192.0.2.1", 80) with { Interface = "eth0", Source = IPAddress.Parse("10.1.0.77") };
        Assert.Equal("dropped by routing: rp_filter of eth0: the way back to 10.1.0.77 is cni0", End(node, question));
        Assert.Equal(WalkOutcome.Delivered, Way(node, question with { Interface = "cni0" }).End.Outcome);
        Tool.Run("sysctl", "-qw", "net.ipv4.conf.eth0.rp_filter=2");
        Assert.Equal(WalkOutcome.Delivered, Way(Node(Listening(6, "0.0.0.0", 80)), question).End.Outcome);
        Assert.StartsWith("dropped by routing: rp_filter of eth0: there is no route back",
            End(Node(), question with { Source = IPAddress.Parse("203.0.113.7") }), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("192.0.2.1", "127.0.0.1", "martian source: 127.0.0.1 from eth0, where route_localnet is off")]
    [InlineData("127.0.0.1", "192.0.2.9", "martian destination: 127.0.0.1 from eth0, where route_localnet is off")]
    [InlineData("192.0.2.1", "10.1.0.1", "martian source: 10.1.0.1 is an address of this node, and came in by eth0")]
    [InlineData("192.0.2.1", "224.0.0.1", "martian source: 224.0.0.1 is no host's address")]
    public void Addresses_that_cannot_be_are_dropped(string destination, string source, string reason) =>
        Assert.Equal(
            $"dropped by routing: {reason}",
            End(Node(), To(destination, 80) with { Interface = "eth0", Source = IPAddress.Parse(source) }));

    [Fact]
    public void Without_forwarding_nothing_passes()
    {
        Tool.Run("sysctl", "-qw", "net.ipv4.conf.eth0.forwarding=0");
        Assert.Equal(
            "dropped by routing: not forwarded: net.ipv4.conf.eth0.forwarding is 0",
            End(Node(), To("10.1.0.2", 80) with { Interface = "eth0" }));
    }

    [Fact]
    public void Of_IPv6_the_same_rules_hold_and_loopback_never_comes_in()
    {
        Tool.Nft("""
            table ip6 t {
              chain pre { type nat hook prerouting priority -100; fib daddr type local tcp dport 8080 dnat to [fd00:1::2]:80; }
              chain out { type nat hook output priority -100; fib daddr type local tcp dport 8080 dnat to [fd00:1::2]:80; }
            }
            """);
        NodeSnapshot node = Node();
        WalkWay way = Way(node, To("2001:db8:1::1", 8080));
        Assert.Equal(("pod shop/web at [fd00:1::2]:80 by cni0", true), (way.End.Text, way.Reply!.Arrives));
        Assert.StartsWith("dropped: ::1 never comes in by eth0", End(node, To("::1", 8080) with { Interface = "eth0" }), StringComparison.Ordinal);
    }
}
