using System.Net.Sockets;

namespace Berth.Inspection.Tests.Walk.Iptables;

/// <summary>What rules do with packets that meet them.</summary>
public sealed class TargetTests
{
    [Theory]
    [InlineData("-j ACCEPT", "Accept")]
    [InlineData("-j DROP", "Drop")]
    [InlineData("-j RETURN", "Return")]
    [InlineData("-j REJECT --reject-with tcp-reset", "Reject")]
    [InlineData("-j NFQUEUE --queue-num 5", "Queue")]
    [InlineData("-j QUEUE", "Queue")]
    [InlineData("-j LOG", "Continue")]
    [InlineData("-j NFLOG --nflog-group 5", "Continue")]
    [InlineData("-j TRACE", "Continue")]
    [InlineData("-j TCPMSS --clamp-mss-to-pmtu", "Continue")]
    [InlineData("-j CHECKSUM --checksum-fill", "Continue")]
    [InlineData("-j CLASSIFY --set-class 0001:0002", "Continue")]
    [InlineData("-j TEE --gateway 10.0.0.1", "Continue")]
    [InlineData("", "Continue")]
    public void A_target_decides(string rule, string verdict)
    {
        RuleOutcome way = Way(rule, "-");
        Assert.Equal((verdict, null), (way.Verdict.ToString(), way.Assumption));
        Assert.Equal(PacketWords.Parse("-"), way.Packet);
    }

    [Theory]
    [InlineData("-j KUBE-SERVICES", "Jump")]
    [InlineData("-g KUBE-SERVICES", "Goto")]
    public void A_chain_is_entered(string rule, string verdict)
    {
        RuleOutcome way = Way(rule, "-");
        Assert.Equal((verdict, "KUBE-SERVICES"), (way.Verdict.ToString(), way.Chain));
    }

    [Theory]
    [InlineData("MARK --set-xmark 0x4000/0x4000", 1, 0x4001)]
    [InlineData("MARK --set-xmark 0x5/0xffffffff", 1, 5)]
    [InlineData("MARK --set-mark 0x5/0xff", 0x1f0, 0x105)]
    [InlineData("MARK --set-xmark 0x5/0x0", 1, 4)]
    [InlineData("MARK --or-mark 0x4000", 1, 0x4001)]
    [InlineData("MARK --and-mark 0xfffe", 3, 2)]
    [InlineData("MARK --xor-mark 0x3", 1, 2)]
    public void A_mark_is_set(string target, uint before, uint after) =>
        Assert.Equal(after, Way($"-j {target}", $"mark={before}").Packet.Mark);

    [Theory]
    [InlineData("--set-xmark 0x5/0xff", 0, 0x1f0, 0, 0x105)]
    [InlineData("--set-mark 5", 0, 0x1f0, 0, 5)]
    [InlineData("--save-mark --nfmask 0xf0 --ctmask 0xff", 0x1f5, 0x307, 0x1f5, 0x3f0)]
    [InlineData("--restore-mark --nfmask 0xff --ctmask 0xf0", 0x1f5, 0x307, 0x100, 0x307)]
    [InlineData("--restore-mark --mask 0xff", 0x105, 0x30a, 0x10a, 0x30a)]
    [InlineData("--restore-mark", 1, 7, 7, 7)]
    [InlineData("--set-xmark 0x5/0xffffffff --left-shift-mark 3", 0, 0, 0, 40)]
    [InlineData("--save-mark --nfmask 0xffffffff --ctmask 0xffffffff --right-shift-mark 1", 4, 0, 4, 2)]
    public void A_connections_mark_is_set_saved_and_restored(string options, uint mark, uint connection, uint markAfter, uint connectionAfter)
    {
        WalkPacket packet = Way($"-j CONNMARK {options}", $"mark={mark} ctmark={connection}").Packet;
        Assert.Equal((markAfter, connectionAfter), (packet.Mark, packet.ConnectionMark));
    }

    [Fact]
    public void Nothing_is_restored_of_a_packet_without_connection() =>
        Assert.Equal(3u, Way("-j CONNMARK --restore-mark", "mark=3 ctmark=9 untracked").Packet.Mark);

    [Theory]
    [InlineData("DNAT --to-destination 10.1.0.2:8080", "Destination 10.1.0.2 8080-8080")]
    [InlineData("DNAT --to-destination 10.1.0.2", "Destination 10.1.0.2")]
    [InlineData("DNAT --to-destination 10.1.0.2-10.1.0.9:80-90 --random --persistent", "Destination 10.1.0.2-10.1.0.9 80-90 random")]
    [InlineData("DNAT --to-destination :8080", "Destination 8080-8080")]
    [InlineData("DNAT --to-destination 10.1.0.2:5000-6000/1000", "Destination 10.1.0.2 5000-6000/1000")]
    [InlineData("SNAT --to-source 192.0.2.1:1000-2000 --random-fully", "Source 192.0.2.1 1000-2000 random")]
    [InlineData("MASQUERADE", "Source masquerade")]
    [InlineData("MASQUERADE --to-ports 1000-2000 --random", "Source 1000-2000 masquerade random")]
    [InlineData("REDIRECT --to-ports 8080", "Destination 8080-8080 redirect")]
    [InlineData("NETMAP --to 10.2.0.0/16", "Destination 10.2.0.0-10.2.255.255 map")]
    public void Rewriting_is_asked_for(string target, string expected)
    {
        RuleOutcome way = Way($"-p tcp -j {target}", "-");
        Assert.Equal(WalkVerdict.Accept, way.Verdict);
        Assert.Equal(expected, Text(way.Nat!));
    }

    [Theory]
    [InlineData("DNAT --to-destination [fd00:1::2]:80", "Destination fd00:1::2 80-80")]
    [InlineData("DNAT --to-destination fd00:1::2-fd00:1::9", "Destination fd00:1::2-fd00:1::9")]
    [InlineData("SNAT --to-source [fd00::1-fd00::2]:5", "Source fd00::1-fd00::2 5-5")]
    [InlineData("NETMAP --to fd00:2::/64", "Destination fd00:2::-fd00:2::ffff:ffff:ffff:ffff map")]
    public void Rewriting_of_IPv6_is_asked_for(string target, string expected) =>
        Assert.Equal(expected, Text(Way($"-p tcp -j {target}", "v6", AddressFamily.InterNetworkV6).Nat!));

    [Fact]
    public void A_network_map_behind_routing_is_of_the_source() =>
        Assert.Equal(NatManipulation.Source, Way("-j NETMAP --to 10.2.0.0/16", "hook=postrouting").Nat!.Manipulation);

    [Theory]
    [InlineData("NOTRACK", "untouched", "Untracked")]
    [InlineData("CT --notrack", "untouched", "Untracked")]
    [InlineData("CT --notrack", "-", "New")]
    public void Packets_are_exempted_from_tracking_before_they_have_a_connection(string target, string packet, string state)
    {
        RuleOutcome way = Way($"-j {target}", packet);
        Assert.Equal((WalkVerdict.Continue, state, null), (way.Verdict, way.Packet.State.ToString(), way.Assumption));
    }

    [Theory]
    [InlineData("CT --zone-orig 5", "untouched")]
    [InlineData("SET --add-set ips src", "-")]
    [InlineData("IDLETIMER --timeout 5 --label foo", "-")]
    [InlineData("TPROXY --on-port 8080 --on-ip 0.0.0.0 --tproxy-mark 0x1/0x1", "-")]
    public void What_is_taken_for_granted_is_said(string target, string packet) =>
        Assert.True(Way($"-j {target}", packet).Assumption!.Holds);

    [Theory]
    [InlineData("--on-port 8080 --on-ip 0.0.0.0 --tproxy-mark 0x1/0xff", "mark=0x102", "Proxied", 0x101, 8080)]
    [InlineData("--on-port 0 --on-ip 0.0.0.0 --tproxy-mark 0x0/0x0", "mark=0x102", "Proxied", 0x102, 80)]
    [InlineData("--on-port 8081 --on-ip 0.0.0.0 --tproxy-mark 0x1/0xff", "mark=0x102", "Drop", 0x102, 0)]
    [InlineData("--on-port 53 --on-ip 0.0.0.0 --tproxy-mark 0x1/0xff", "mark=0x102", "Drop", 0x102, 0)]
    public void A_proxy_gets_the_packet_if_its_socket_is_there(
        string options, string packet, string verdict, uint mark, int port)
    {
        RuleOutcome way = Way($"-p tcp -j TPROXY {options}", packet);
        Assert.Equal((verdict, mark, (ushort)port), (way.Verdict.ToString(), way.Packet.Mark, way.Packet.ProxyPort));
    }

    [Theory]
    [InlineData("TTL --ttl-dec 1", 63)]
    [InlineData("TTL --ttl-inc 250", 255)]
    [InlineData("TTL --ttl-set 7", 7)]
    [InlineData("TTL --ttl-dec 100", 0)]
    public void The_time_to_live_changes(string target, byte left) => Assert.Equal(left, Way($"-j {target}", "-").Packet.TimeToLive);

    [Theory]
    [InlineData("DSCP --set-dscp 0x2e", "dscp=1", 46)]
    [InlineData("DSCP --set-dscp 0x2e", "dscp=unknown", 46)]
    [InlineData("TOS --set-tos 0x10/0xff", "dscp=1", 4)]
    [InlineData("TOS --set-tos 0x10/0x10", "dscp=1", 5)]
    public void The_type_of_service_changes(string target, string packet, byte dscp) =>
        Assert.Equal(dscp, Way($"-j {target}", packet).Packet.Dscp);

    [Fact]
    public void A_packet_that_does_not_meet_the_rule_goes_on_as_it_came()
    {
        RuleOutcome way = Way("-p udp -j MARK --set-xmark 0x1/0x1", "-");
        Assert.Equal((WalkVerdict.Continue, PacketWords.Parse("-"), null), (way.Verdict, way.Packet, way.Effect));
    }

    private static RuleOutcome Way(string rule, string packet, AddressFamily family = AddressFamily.InterNetwork) =>
        Assert.Single(TestNode.Rule(rule, family).Evaluate(PacketWords.Parse(packet), TestNode.Node));

    private static string Text(NatRequest request)
    {
        List<string> words = [request.Manipulation.ToString()];
        words.AddRange(request.First is null ? [] : [request.Last is null ? $"{request.First}" : $"{request.First}-{request.Last}"]);
        words.AddRange(request.Ports is null ? [] : [$"{request.Ports.First}-{request.Ports.Last}{(request.PortBase is ushort start ? $"/{start}" : "")}"]);
        words.AddRange(request.IsMasquerade ? ["masquerade"] : []);
        words.AddRange(request.IsRedirect ? ["redirect"] : []);
        words.AddRange(request.IsNetworkMap ? ["map"] : []);
        words.AddRange(request.IsRandom ? ["random"] : []);
        return string.Join(' ', words);
    }
}
