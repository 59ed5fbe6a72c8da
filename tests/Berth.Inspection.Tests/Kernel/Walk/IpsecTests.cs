using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace Berth.Inspection.Tests.Kernel.Walk;

/// <summary>A policy of IPsec is named where the kernel asks it about the packet, and nowhere else: packets are really sent.</summary>
public sealed partial class IpsecTests : WalkTests, IDisposable
{
    private const int Port = 9090;

    public IpsecTests()
    {
        Tool.Run("ip", "xfrm", "policy", "flush");
        foreach ((string space, string link, string own, string ownV6, string theirs, string theirsV6) in (ReadOnlySpan<(string, string, string, string, string, string)>)
            [
                ("client", "c0", "198.51.100.1", "2001:db8:2::1", "198.51.100.9", "2001:db8:2::9"),
                ("server", "s0", "10.2.0.1", "fd00:2::1", "10.2.0.2", "fd00:2::2"),
            ])
        {
            Tool.Run("ip", "netns", "add", space);
            Tool.Run("ip", "link", "add", link, "type", "veth", "peer", "name", "eth0", "netns", space);
            Tool.Run("ip", "link", "set", link, "up");
            Tool.Run("ip", "address", "add", $"{own}/24", "dev", link);
            Tool.Run("ip", "address", "add", $"{ownV6}/64", "dev", link, "nodad");
            In(space, $"ip link set eth0 up; ip addr add {theirs}/24 dev eth0; ip addr add {theirsV6}/64 dev eth0 nodad; ip route add default via {own}; ip route add default via {ownV6}");
        }

        In("server", "nft 'table inet t { chain c { type filter hook input priority 0; udp dport 80 counter; }; }'");
        Tool.Nft("""
            table inet n {
              chain in { type nat hook prerouting priority dstnat; udp dport 9091 redirect to :9090
                meta nfproto ipv4 udp dport 8080 dnat ip to 10.2.0.2:80
                meta nfproto ipv6 udp dport 8080 dnat ip6 to [fd00:2::2]:80
              }
              chain out { type nat hook postrouting priority srcnat; oifname "s0" udp dport 80 masquerade; }
            }
            """);
    }

    public void Dispose()
    {
        Tool.Try("ip", ["xfrm", "policy", "setdefault", "in", "accept", "fwd", "accept", "out", "accept"]);
        Tool.Try("ip", ["xfrm", "policy", "flush"]);
        Tool.Try("ip", ["netns", "delete", "client"]);
        Tool.Try("ip", ["netns", "delete", "server"]);
    }

    [Theory]
    // Before address translation, as the packet came in.
    [InlineData("forwarded", true, "dir fwd src 198.51.100.9 dst 198.51.100.1 proto udp dport 8080 action block")]
    [InlineData("forwarded", false, "dir fwd src 198.51.100.9 dst 10.2.0.2 proto udp dport 80 action block")]
    [InlineData("forwarded", false, "dir in src 0.0.0.0/0 dst 0.0.0.0/0 action block")]
    [InlineData("forwarded", true, "dir fwd src 0.0.0.0/0 dst 0.0.0.0/0 dev s0 action block")]
    [InlineData("forwarded", false, "dir fwd src 0.0.0.0/0 dst 0.0.0.0/0 dev c0 action block")]
    [InlineData("forwarded", false, "dir fwd src 0.0.0.0/0 dst 0.0.0.0/0 if_id 7 action block")]
    [InlineData("forwarded", false, "dir fwd src 0.0.0.0/0 dst 0.0.0.0/0 mark 1 mask 1 action block")]
    [InlineData("forwarded", false, "dir fwd src 0.0.0.0/0 dst 0.0.0.0/0 action allow")]
    [InlineData("forwarded", true, "dir fwd src 0.0.0.0/0 dst 0.0.0.0/0 tmpl proto esp mode transport level required")]
    [InlineData("forwarded", false, "dir fwd src 0.0.0.0/0 dst 0.0.0.0/0 tmpl proto esp mode transport level use")]
    [InlineData("forwarded", false, "dir fwd src ::/0 dst ::/0 action block")]
    // After it, before the source is rewritten and after that.
    [InlineData("forwarded", false, "dir out src 198.51.100.9 dst 198.51.100.1 action block")]
    [InlineData("forwarded", true, "dir out src 198.51.100.9 dst 10.2.0.2 action block")]
    [InlineData("forwarded", true, "dir out src 10.2.0.1 dst 10.2.0.2 proto udp dport 80 action block")]
    [InlineData("delivered", true, "dir in src 198.51.100.0/24 dst 198.51.100.0/28 action block")]
    [InlineData("delivered", false, "dir in src 198.51.100.0/29 dst 0.0.0.0/0 action block")]
    [InlineData("delivered", true, "dir in src 0.0.0.0/0 dst 0.0.0.0/0 dev lo action block")]
    [InlineData("delivered", false, "dir in src 0.0.0.0/0 dst 0.0.0.0/0 dev c0 action block")]
    [InlineData("delivered", false, "dir fwd src 0.0.0.0/0 dst 0.0.0.0/0 action block")]
    [InlineData("delivered", false, "dir in src 0.0.0.0/0 dst 0.0.0.0/0 proto tcp action block")]
    [InlineData("redirected", true, "dir in src 0.0.0.0/0 dst 0.0.0.0/0 proto udp dport 9091 action block")]
    [InlineData("redirected", false, "dir in src 0.0.0.0/0 dst 0.0.0.0/0 proto udp dport 9090 action block")]
    // Loopback asks no policies of IPv4.
    [InlineData("loopback", false, "dir in src 0.0.0.0/0 dst 0.0.0.0/0 action block")]
    [InlineData("loopback", false, "dir out src 0.0.0.0/0 dst 0.0.0.0/0 action block")]
    [InlineData("loopback6", true, "dir in src ::/0 dst ::/0 action block")]
    [InlineData("loopback6", true, "dir out src ::/0 dst ::/0 action block")]
    [InlineData("forwarded6", true, "dir fwd src 2001:db8:2::/64 dst 2001:db8:2::1 proto udp dport 8080 action block")]
    [InlineData("forwarded6", false, "dir fwd src 2001:db8:2::/64 dst fd00:2::2 action block")]
    [InlineData("delivered6", true, "dir in src 2001:db8:2::9 dst ::/0 action block")]
    public void A_policy_counts_where_the_kernel_stops_the_packet_for_it(string packet, bool isStopped, string policy)
    {
        Assert.True(Arrives(packet));
        Tool.Run("conntrack", "-F");
        Tool.Run("ip", ["xfrm", "policy", "add", .. policy.Split(' ')]);
        Assert.Equal(!isStopped, Arrives(packet));
        Assert.Equal(isStopped ? 1 : 0, Conditions(packet).Count);
    }

    [Theory]
    [InlineData("delivered", true, "in")]
    [InlineData("delivered", false, "fwd")]
    [InlineData("forwarded", true, "fwd")]
    [InlineData("forwarded", true, "out")]
    [InlineData("loopback", false, "in")]
    [InlineData("loopback6", true, "in")]
    [InlineData("loopback6", false, "out")]
    public void What_no_policy_is_of_may_be_blocked_by_default(string packet, bool isStopped, string direction)
    {
        Tool set = Tool.Try("ip", ["xfrm", "policy", "setdefault", direction, "block"]);
        Assert.SkipWhen(set.ExitCode != 0, $"this kernel has no default (5.15): {set.Errors}");
        Assert.Equal(!isStopped, Arrives(packet));
        Assert.Equal(isStopped ? [$"ip xfrm policy default {direction} block, which is not walked, lets the packet go on as it is"] : [], Conditions(packet));
        string any = packet.EndsWith('6') ? "::/0" : "0.0.0.0/0";
        foreach (string each in (ReadOnlySpan<string>)["in", "out", "fwd"])
        {
            Tool.Run("ip", "xfrm", "policy", "add", "dir", each, "src", any, "dst", any);
        }

        Tool.Run("conntrack", "-F");
        Assert.True(Arrives(packet));
        Assert.Empty(Conditions(packet));
    }

    [Fact]
    public void Of_several_policies_the_one_of_the_lowest_priority_decides()
    {
        Tool.Run("ip", "xfrm", "policy", "add", "dir", "in", "src", "0.0.0.0/0", "dst", "0.0.0.0/0", "priority", "5", "action", "block");
        Assert.False(Arrives("delivered"));
        Assert.Equal(
            "ip xfrm policy src 0.0.0.0/0 dst 0.0.0.0/0 dir in action block, which is not walked, lets the packet go on as it is",
            Assert.Single(Conditions("delivered")));
        Tool.Run("ip", "xfrm", "policy", "add", "dir", "in", "src", "198.51.100.9", "dst", "0.0.0.0/0", "priority", "4");
        Assert.True(Arrives("delivered"));
        Assert.Empty(Conditions("delivered"));
    }

    [Fact]
    public void Of_an_answer_it_is_only_said()
    {
        Tool.Run("ip", "xfrm", "policy", "add", "dir", "out", "src", "0.0.0.0/0", "dst", "198.51.100.9", "action", "block");
        Assert.True(Arrives("delivered"));
        Assert.Empty(Conditions("delivered"));
        using UdpClient bound = Bind("delivered");
        Assert.Contains(
            "ip xfrm policy src 0.0.0.0/0 dst 198.51.100.9/32 dir out action block, which is not walked, lets the answer go on as it is",
            PacketWalk.Explain(Read(), Question("delivered")).Notes);
    }

    // Live and of a snapshot that went through its file.
    private static List<string> Conditions(string packet)
    {
        using UdpClient bound = Bind(packet);
        WalkAnswer saved = PacketWalk.Explain(SnapshotTests.Reread(Read()), Question(packet));
        WalkAnswer live = PacketWalk.ExplainHere(new NodeReaderOptions { CniCacheDirectory = "/run/cni", PodLogDirectory = "/run/pods" }, Question(packet));
        List<string> conditions = [.. Assert.Single(saved.Ways).Conditions.Select(static condition => condition.Text)];
        Assert.Equal(conditions.Count == 0 ? WalkConclusion.Delivered : WalkConclusion.Depends, saved.Conclusion);
        Assert.Equal(conditions, Assert.Single(live.Ways).Conditions.Select(static condition => condition.Text));
        return conditions;
    }

    private static WalkQuestion Question(string packet) => packet switch
    {
        "loopback" => To("127.0.0.1", Port, 17),
        "loopback6" => To("::1", Port, 17),
        _ => To(Destination(packet), DestinationPort(packet), 17) with
        {
            Source = IPAddress.Parse(packet.EndsWith('6') ? "2001:db8:2::9" : "198.51.100.9"),
            Interface = "c0",
        },
    };

    private static string Destination(string packet) => packet.EndsWith('6') ? "2001:db8:2::1" : "198.51.100.1";

    private static ushort DestinationPort(string packet) =>
        packet.StartsWith("forwarded", StringComparison.Ordinal) ? (ushort)8080 : packet == "redirected" ? (ushort)9091 : (ushort)Port;

    private static UdpClient Bind(string packet) => packet switch
    {
        "loopback" => new UdpClient(new IPEndPoint(IPAddress.Loopback, Port)),
        "loopback6" => new UdpClient(new IPEndPoint(IPAddress.IPv6Loopback, Port)),
        _ => new UdpClient(new IPEndPoint(IPAddress.Parse(Destination(packet)), Port)),
    };

    private static bool Arrives(string packet)
    {
        using UdpClient receiver = Bind(packet);
        long before = Forwarded();
        if (packet.StartsWith("loopback", StringComparison.Ordinal))
        {
            using UdpClient sender = new(receiver.Client.AddressFamily);
            try
            {
                sender.Send([1], (IPEndPoint)receiver.Client.LocalEndPoint!);
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.AccessDenied)
            {
                return false;
            }
        }
        else
        {
            In("client", $"echo x > /dev/udp/{Destination(packet)}/{DestinationPort(packet)}");
        }

        // What is on its way arrives within the call that sends it; the rest is for a machine with much to do.
        return packet.StartsWith("forwarded", StringComparison.Ordinal)
            ? SpinWait.SpinUntil(() => Forwarded() > before, 200)
            : receiver.Client.Poll(200_000, SelectMode.SelectRead);
    }

    private static long Forwarded() => long.Parse(
        Packets().Match(In("server", "nft list table inet t")).Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture);

    private static string In(string space, string script) => Tool.Run("ip", "netns", "exec", space, "bash", "-ec", script);

    [GeneratedRegex(@"counter packets (\d+)")]
    private static partial Regex Packets();
}
