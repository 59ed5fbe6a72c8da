namespace Berth.Inspection.Tests.Kernel.Walk;

public sealed class HookOrderTests : WalkTests
{
    private const string HostPort = """
        table ip hostport {
          chain prerouting { type nat hook prerouting priority -90; fib daddr type local tcp dport 8080 dnat to 10.1.0.2:80; }
          chain output { type nat hook output priority -90; fib daddr type local tcp dport 8080 dnat to 10.1.0.2:80; }
          chain postrouting { type nat hook postrouting priority 110; ct status dnat ip saddr 127.0.0.0/8 masquerade; }
        }
        """;

    [Fact]
    public void From_outside_a_host_port_is_rewritten_routed_and_filtered_in_this_order()
    {
        Tool.Nft(HostPort + "\n" + """
            table inet fw { chain forward { type filter hook forward priority 0; policy drop;
              ct status dnat meta mark set 7 accept
            }
            }
            """);
        WalkWay way = Way(Node(), To("192.0.2.1", 8080));
        Assert.Equal(
            """
            prerouting nft ip hostport prerouting: destination becomes 10.1.0.2:80
            -: forwarded to cni0 (route 10.1.0.0/24)
            forward nft inet fw forward: accepted
            """, Steps(way).Replace("sets the mark to 0x7, ", "", StringComparison.Ordinal));
        Assert.Equal((WalkOutcome.Delivered, WalkEndpointKind.Pod), (way.End.Outcome, way.End.Kind));
        Assert.Equal("pod shop/web at 10.1.0.2:80 by cni0", way.End.Text);
        Assert.Equal((true, "the answer passes this node, and reaches the client from 192.0.2.1:8080"), (way.Reply!.Arrives, way.Reply.Text));
        Assert.Equal(7u, way.Steps[^1].Mark);
    }

    [Fact]
    public void From_the_node_it_is_rewritten_on_the_way_out_and_masqueraded()
    {
        Tool.Nft(HostPort);
        WalkWay way = Way(Node(), To("127.0.0.1", 8080) with { Origin = WalkOrigin.Node });
        Assert.Equal(
            """
            -: 127.0.0.1 is this node's: by lo
            output nft ip hostport output: destination becomes 10.1.0.2:80
            -: routed anew: leaves by cni0 (route 10.1.0.0/24)
            postrouting nft ip hostport postrouting: source becomes 10.1.0.1:32768
            """, Steps(way));
        Assert.Equal("10.1.0.1", way.End.Source!.ToString());
        Assert.True(way.Reply!.Arrives, way.Reply.Text);
    }

    [Fact]
    public void Without_masquerade_an_answer_to_loopback_is_lost()
    {
        Tool.Nft(HostPort.Replace("ip saddr 127.0.0.0/8 masquerade", "return", StringComparison.Ordinal));
        WalkWay way = Way(Node(), To("127.0.0.1", 8080) with { Origin = WalkOrigin.Node });
        Assert.False(way.Reply!.Arrives);
        Assert.Contains("own loopback", way.Reply.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void With_route_localnet_off_loopback_does_not_get_out()
    {
        Tool.Nft(HostPort);
        Tool.Run("sysctl", "-qw", "net.ipv4.conf.cni0.route_localnet=0", "net.ipv4.conf.all.route_localnet=0");
        WalkWay way = Way(Node(), To("127.0.0.1", 8080) with { Origin = WalkOrigin.Node });
        Assert.Equal((WalkOutcome.Dropped, true), (way.End.Outcome, way.End.Text.Contains("route_localnet is off", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_socket_gets_what_nobody_rewrites_and_a_port_that_nobody_listens_on_is_refused()
    {
        Assert.Equal("socket of somebody on 0.0.0.0:22", End(Node(Listening(6, "0.0.0.0", 22)), To("192.0.2.1", 22)));
        WalkAnswer refused = PacketWalk.Explain(Node(), To("192.0.2.1", 22));
        Assert.Equal((WalkConclusion.Refused, WalkOutcome.Rejected), (refused.Conclusion, refused.Ways[0].End.Outcome));
    }

    [Fact]
    public void The_lower_priority_rewrites_and_the_other_is_named_as_who_would_have_otherwise()
    {
        Tool.Nft(HostPort + "\n" + """
            table ip other { chain prerouting { type nat hook prerouting priority -100;
              tcp dport 8080 dnat to 10.1.0.3:3306
            }
            }
            """);
        WalkAnswer answer = PacketWalk.Explain(Node(), To("192.0.2.1", 8080));
        Assert.Equal("pod shop/db at 10.1.0.3:3306 by cni0", Assert.Single(answer.Ways).End.Text);
        Assert.Equal(
            ["nft ip hostport prerouting: fib daddr type local tcp dport 8080 dnat to 10.1.0.2:80: pod shop/web at 10.1.0.2:80 by cni0",
                "refused (TCP reset): nobody listens on 192.0.2.1:8080/tcp"],
            answer.Otherwise.Select(static alternative => alternative.Winner));
    }

    [Fact]
    public void Two_tables_at_one_priority_are_a_tie_with_both_outcomes()
    {
        Tool.Nft(HostPort + "\n" + """
            table ip other { chain prerouting { type nat hook prerouting priority -90;
              tcp dport 8080 dnat to 10.1.0.3:3306
            }
            }
            """);
        WalkAnswer answer = PacketWalk.Explain(Node(), To("192.0.2.1", 8080));
        Assert.Equal(WalkConclusion.Depends, answer.Conclusion);
        Assert.Equal(
            ["pod shop/db at 10.1.0.3:3306 by cni0", "pod shop/web at 10.1.0.2:80 by cni0"],
            answer.Ways.Select(static way => way.End.Text).Order(StringComparer.Ordinal));
        Assert.All(answer.Ways, static way => Assert.StartsWith("tie at priority -90", Assert.Single(way.Conditions).Text, StringComparison.Ordinal));
    }

    [Fact]
    public void Two_chains_of_one_table_at_one_priority_run_in_the_order_that_the_later_is_the_first()
    {
        Tool.Nft("""
            table ip t {
              chain one { type nat hook prerouting priority -100; tcp dport 8080 dnat to 10.1.0.2:80; }
              chain two { type nat hook prerouting priority -100; tcp dport 8080 dnat to 10.1.0.3:3306; }
            }
            """);
        Assert.Equal("pod shop/db at 10.1.0.3:3306 by cni0", End(Node(), To("192.0.2.1", 8080)));
    }

    [Fact]
    public void A_tie_that_comes_to_the_same_is_none()
    {
        Tool.Nft(HostPort + "\n" + """
            table ip other { chain prerouting { type nat hook prerouting priority -90;
              tcp dport 99 dnat to 10.1.0.3
            }
            }
            """);
        Assert.Empty(Way(Node(), To("192.0.2.1", 8080)).Conditions);
    }

    [Fact]
    public void A_random_choice_shows_its_branches()
    {
        Tool.Nft("""
            table ip t { chain prerouting { type nat hook prerouting priority -100;
              tcp dport 80 dnat to numgen random mod 4 map { 0 : 10.1.0.2, 1-3 : 10.1.0.3 }
            }
            }
            """);
        WalkAnswer answer = PacketWalk.Explain(Node(), To("192.0.2.1", 80));
        Assert.Equal(WalkConclusion.Delivered, answer.Conclusion);
        Assert.Equal(
            ["0.75 10.1.0.3", "0.25 10.1.0.2"],
            answer.Ways.Select(static way => FormattableString.Invariant($"{way.Probability} {way.End.Address}")));
    }

    [Fact]
    public void What_is_not_known_forks_and_matters_only_where_the_end_differs()
    {
        Tool.Nft("""
            table inet t {
              chain input { type filter hook input priority 0; tcp dport 80 limit rate 5/second accept; tcp dport 80 drop; tcp dport 22 limit rate 5/second accept; }
            }
            """);
        NodeSnapshot node = Node(Listening(6, "0.0.0.0", 80), Listening(6, "0.0.0.0", 22));
        WalkAnswer depends = PacketWalk.Explain(node, To("192.0.2.1", 80));
        Assert.Equal((WalkConclusion.Depends, 2), (depends.Conclusion, depends.Ways.Count));
        Assert.All(depends.Ways, static way => Assert.True(Assert.Single(way.Conditions).Matters));
        WalkAnswer all = PacketWalk.Explain(node, To("192.0.2.1", 22));
        Assert.Equal(WalkConclusion.Delivered, all.Conclusion);
        Assert.Empty(Assert.Single(all.Ways).Conditions);
    }

    [Fact]
    public void Verdict_maps_jumps_gotos_and_returns_lead_where_they_lead_in_the_kernel()
    {
        Tool.Nft("""
            table inet t {
              chain back { return; }
              chain forth { counter; }
              chain deny { reject; }
              chain input {
                type filter hook input priority 0; policy drop;
                jump back
                tcp dport vmap { 80 : goto forth, 81 : jump deny, 82 : accept, 83-90 : jump forth }
                tcp dport 85 accept
              }
            }
            """);
        NodeSnapshot node = Node(Listening(6, "0.0.0.0", 80), Listening(6, "0.0.0.0", 82), Listening(6, "0.0.0.0", 85));
        Assert.Equal("dropped by nft inet t input: policy drop", End(node, To("192.0.2.1", 80)));
        Assert.Equal(WalkOutcome.Rejected, Way(node, To("192.0.2.1", 81)).End.Outcome);
        Assert.Equal(WalkOutcome.Delivered, Way(node, To("192.0.2.1", 82)).End.Outcome);
        Assert.Equal(WalkOutcome.Delivered, Way(node, To("192.0.2.1", 85)).End.Outcome);
        Assert.Equal(WalkOutcome.Dropped, Way(node, To("192.0.2.1", 86)).End.Outcome);
    }
}
