namespace Berth.Inspection.Tests.Kernel.Walk;

public sealed class RewritingTests : WalkTests
{
    [Fact]
    public void The_first_nat_chain_that_rewrites_settles_it_and_one_that_accepts_does_not()
    {
        Tool.Nft("""
            table ip one { chain c { type nat hook prerouting priority -110; tcp dport 80 accept; }
            }
            table ip two { chain c { type nat hook prerouting priority -105; tcp dport 80 dnat to 10.1.0.2; }
            }
            table ip three { chain c { type nat hook prerouting priority -100; dnat to 10.1.0.3; }
            }
            """);
        Assert.Equal("pod shop/web at 10.1.0.2:80 by cni0", End(Node(), To("192.0.2.1", 80)));
        Assert.Equal("pod shop/db at 10.1.0.3:81 by cni0", End(Node(), To("192.0.2.1", 81)));
    }

    [Fact]
    public void Redirect_leads_to_the_inbound_links_address_and_from_the_node_to_loopback()
    {
        Tool.Nft("""
            table inet t {
              chain in { type nat hook prerouting priority -100; tcp dport 80 redirect to :8080; }
              chain out { type nat hook output priority -100; tcp dport 80 redirect to :8080; }
            }
            """);
        NodeSnapshot node = Node(Listening(6, "0.0.0.0", 8080), Listening(6, "::", 8080));
        WalkWay outside = Way(node, To("10.1.0.77", 80) with { Interface = "eth0" });
        Assert.Equal(("192.0.2.1", (ushort)8080, WalkEndpointKind.Socket), ($"{outside.End.Address}", outside.End.Port, outside.End.Kind));
        WalkWay own = Way(node, To("192.0.2.9", 80) with { Origin = WalkOrigin.Node });
        Assert.Equal(("127.0.0.1", true), ($"{own.End.Address}", own.Reply!.Arrives));
        Assert.Equal("2001:db8:1::1", $"{Way(node, To("2001:db8:1::77", 80) with { Interface = "eth0" }).End.Address}");
    }

    [Theory]
    [InlineData("masquerade to :2000-2010", "2000-2010")]
    [InlineData("masquerade random", "1024-65535")]
    [InlineData("masquerade to :30000-50000", null)]
    [InlineData("masquerade to :7", null)]
    public void A_source_port_that_is_chosen_by_chance_is_a_range(string statement, string? ports)
    {
        Tool.Nft($"table ip t {{\n chain c {{\n type nat hook postrouting priority 100\n meta l4proto tcp {statement}\n }}\n}}\n");
        WalkWay way = Way(Node(), To("10.1.0.2", 80) with { SourcePort = 40000 });
        Assert.Equal(ports, way.End.SourcePorts is { } range ? $"{range.First}-{range.Last}" : null);
        Assert.Equal(ports is not null, way.Steps.Any(step => step.Effect.Contains("by chance", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("meta mark set meta cpu", "meta mark & 1 == 1 drop")]
    [InlineData("ct original zone set 5", "accept")]
    public void What_a_rule_takes_from_where_no_snapshot_sees_it_is_a_condition(string statement, string verdict)
    {
        Tool.Nft($"table ip t {{\n chain a {{\n type filter hook prerouting priority -300\n {statement}\n }}\n"
            + $" chain b {{\n type filter hook forward priority 0\n {verdict}\n }}\n}}\n");
        Assert.Equal(WalkConclusion.Depends, PacketWalk.Explain(Node(), To("10.1.0.2", 80)).Conclusion);
    }

    [Fact]
    public void Without_tracking_nothing_is_rewritten()
    {
        Tool.Nft("""
            table ip t {
              chain raw { type filter hook prerouting priority -300; tcp dport 80 notrack; }
              chain nat { type nat hook prerouting priority -100; dnat to 10.1.0.2; }
              chain in { type filter hook input priority 0; ct state untracked counter drop; }
            }
            """);
        WalkWay way = Way(Node(), To("192.0.2.1", 80));
        Assert.Equal("dropped by nft ip t in: ct state untracked counter packets 0 bytes 0 drop", way.End.Text);
        Assert.Equal("10.1.0.2", $"{Way(Node(), To("192.0.2.1", 81)).End.Address}");
    }

    [Fact]
    public void Source_rewriting_sees_the_rewritten_destination_and_the_filter_the_old_source()
    {
        Tool.Nft("""
            table ip t {
              chain pre { type nat hook prerouting priority -100; tcp dport 80 dnat to 10.1.0.2:8080; }
              chain forward { type filter hook forward priority 0; ip saddr 192.0.2.1 drop; }
              chain post { type nat hook postrouting priority 100; ip daddr 10.1.0.2 tcp dport 8080 oifname "cni0" snat to 10.1.0.200; }
            }
            """);
        WalkWay way = Way(Node(), To("192.0.2.1", 80));
        Assert.Equal(("10.1.0.2", "10.1.0.200"), ($"{way.End.Address}", $"{way.End.Source}"));
        Assert.False(way.Reply!.Arrives, "10.1.0.200 is nobody's address");
    }

    [Fact]
    public void A_neighbour_on_the_pods_link_gets_no_answer_without_masquerade()
    {
        const string Table = """
            table ip t {
              chain pre { type nat hook prerouting priority -100; tcp dport 8080 dnat to 10.1.0.2:80; }
              chain post { type nat hook postrouting priority 100; HELP }
            }
            """;
        WalkQuestion question = To("192.0.2.1", 8080) with { Pod = "shop/db" };
        Tool.Nft(Table.Replace("HELP", "", StringComparison.Ordinal));
        WalkReply lost = Way(Node(), question).Reply!;
        Assert.False(lost.Arrives);
        Assert.Contains("past this node", lost.Text, StringComparison.Ordinal);
        Tool.Nft("flush ruleset");
        Tool.Nft(Table.Replace("HELP", "iifname cni0 oifname cni0 masquerade;", StringComparison.Ordinal));
        Assert.True(Way(Node(), question).Reply!.Arrives);
    }

    [Fact]
    public void A_pod_that_reaches_itself_needs_a_masquerade()
    {
        Tool.Nft("""
            table ip t { chain pre { type nat hook prerouting priority -100; tcp dport 8080 dnat to 10.1.0.2:80; }
            }
            """);
        WalkReply reply = Way(Node(), To("192.0.2.1", 8080) with { Pod = "web" }).Reply!;
        Assert.Equal((false, true), (reply.Arrives, reply.Text.Contains("receiver's own address", StringComparison.Ordinal)));
    }

    [Fact]
    public void An_answer_that_a_filter_drops_is_lost()
    {
        Tool.Nft("""
            table ip t { chain f { type filter hook forward priority 0; iifname cni0 drop; }
            }
            """);
        WalkWay way = Way(Node(), To("10.1.0.2", 80) with { Interface = "eth0" });
        Assert.Equal(WalkOutcome.Delivered, way.End.Outcome);
        Assert.Equal((false, "the answer is dropped by nft ip t f: iifname \"cni0\" drop"), (way.Reply!.Arrives, way.Reply.Text));
    }

    [Fact]
    public void Interval_sets_concatenations_and_catch_all_elements_are_looked_up()
    {
        Tool.Nft("""
            table inet t {
              set nets { type ipv4_addr; flags interval; elements = { 192.0.2.0/28, 198.51.100.0-198.51.100.99 }; }
              set pairs { type ipv4_addr . inet_service; flags interval; elements = { 192.0.2.0/24 . 80-90, 10.0.0.0/8 . 443 }; }
              map verdicts { type inet_service : verdict; elements = { 1 : accept, * : drop }; }
              chain in {
                type filter hook input priority 0;
                ip saddr @nets tcp dport 22 accept
                ip saddr . tcp dport @pairs accept
                tcp dport vmap @verdicts
              }
            }
            """);
        NodeSnapshot node = Node(Listening(6, "0.0.0.0", 22), Listening(6, "0.0.0.0", 85), Listening(6, "0.0.0.0", 1), Listening(6, "0.0.0.0", 91));
        WalkOutcome From(string source, ushort port) =>
            Way(node, To("192.0.2.1", port) with { Source = System.Net.IPAddress.Parse(source), Interface = "eth0" }).End.Outcome;
        Assert.Equal(
            [WalkOutcome.Delivered, WalkOutcome.Dropped, WalkOutcome.Delivered, WalkOutcome.Dropped, WalkOutcome.Delivered],
            [From("192.0.2.15", 22), From("192.0.2.16", 22), From("192.0.2.200", 85), From("192.0.2.200", 91), From("192.0.2.200", 1)]);
    }
}
