using System.Net;
using Berth.Inspection.Tests.Walk;
using Berth.Netlink.Route;
using Berth.Netlink.Sockets;

namespace Berth.Inspection.Tests.Listeners;

/// <summary>A socket on every address and port 80, under rules that rewrite that port: who gets what, from where.</summary>
public sealed class ShadowTests
{
    private const string Rewriting = "-p tcp -m tcp --dport 80 -j DNAT --to-destination 10.1.0.2:80";

    [Theory]
    [InlineData("shadowed by redirect", "-A PREROUTING RULE", "-A OUTPUT RULE")]
    [InlineData("shadowed from outside by redirect", "-A PREROUTING RULE")]
    [InlineData("shadowed except at 127.0.0.1 by redirect", "-A PREROUTING RULE", "-A OUTPUT ! -d 127.0.0.0/8 RULE")]
    [InlineData("shadowed from the node itself by redirect", "-A OUTPUT RULE")]
    [InlineData("ok", "-A PREROUTING -p tcp -m tcp --dport 80 -j ACCEPT", "-A PREROUTING RULE")]
    [InlineData("ok", "-A PREROUTING -p tcp -m tcp --dport 80 -j RETURN", "-A PREROUTING RULE")]
    [InlineData("ok", "-A PREROUTING ! -i lo -j ACCEPT", "-A PREROUTING RULE")]
    [InlineData("ok", "-A PREROUTING -m set --match-set ips dst -j RETURN", "-A PREROUTING -d 10.9.9.9/32 RULE")]
    [InlineData("shadowed from outside by redirect", "-A PREROUTING -p tcp -m tcp --dport 81 -j ACCEPT", "-A PREROUTING RULE")]
    [InlineData("shadowed from outside at 10.1.0.1 by redirect", "-A PREROUTING -d 192.0.2.1/32 -j RETURN", "-A PREROUTING RULE")]
    // From outside is not from the pods, whoever of them asks for their own bridge's address.
    [InlineData("shadowed from outside by redirect", "-A PREROUTING -s 10.1.0.0/24 -j ACCEPT", "-A PREROUTING RULE")]
    [InlineData("ok", "-A PREROUTING -p tcp -m tcp --dport 80 -j REDIRECT --to-ports 80")]
    [InlineData("shadowed from outside by redirect", "-A PREROUTING -p tcp -m tcp --dport 80 -j REDIRECT --to-ports 81")]
    // Docker's: everybody but its own bridge.
    [InlineData("shadowed from outside by redirect", "-A PREROUTING ! -i cni0 RULE")]
    [InlineData("shadowed except at 127.0.0.1 by redirect", "-A PREROUTING ! -i cni0 RULE", "-A OUTPUT ! -d 127.0.0.0/8 RULE")]
    [InlineData("ok", "-A PREROUTING -m mark --mark 0x5 RULE")]
    [InlineData("ok", "-A PREROUTING -s 203.0.113.0/24 RULE")]
    public void A_socket_is_shadowed_where_packets_really_go_elsewhere(string state, params string[] rules)
    {
        Assert.Equal(state, StateOf(Nat(rules)));
    }

    [Fact]
    public void What_is_not_tracked_is_not_rewritten() => Assert.Equal(
        "ok", StateOf("*raw\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -p tcp -m tcp --dport 80 -j NOTRACK\nCOMMIT\n" + Nat(["-A PREROUTING RULE"])));

    [Fact]
    public void A_finding_says_from_where_there_is_no_traffic()
    {
        Finding finding = Assert.Single(NodeFindings.Find(WalkNodes.Of(Nat(["-A PREROUTING RULE"]))));
        Assert.Equal("shadowed-port", finding.Id);
        Assert.EndsWith(" on tcp 80 gets no traffic from outside: redirect comes first", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Rules_that_could_not_be_read_leave_what_is_known_without_a_walk()
    {
        NodeSnapshot node = WalkNodes.Of(Nat(["-A PREROUTING -p tcp -m tcp --dport 80 -j ACCEPT", "-A PREROUTING RULE"])) with
        {
            Routes = Part.Unreadable<IReadOnlyList<RouteEntry>>("needs root"),
        };

        Assert.Equal("shadowed by redirect", StateOf(node));
    }

    [Fact]
    public void Of_very_many_rows_only_the_first_are_asked_about()
    {
        NodeSnapshot node = WalkNodes.Of(Nat(
        [
            "-A PREROUTING -p tcp -j ACCEPT", "-A PREROUTING -p tcp -m tcp --dport 1000:2000 -j DNAT --to-destination 10.1.0.2",
        ])) with
        {
            Sockets = Part.Of<IReadOnlyList<DiagnosedSocket>>([.. Enumerable.Range(1000, 400)
                .Select(static port => new DiagnosedSocket(6, 10, IPAddress.Any, (ushort)port, IPAddress.Any, 0, 0, 0, (uint)port))]),
        };

        string[] states = [.. NodeListeners.Find(node, new ListenerOptions())
            .Where(static listener => listener.Kind == ListenerKind.Socket).Select(static listener => listener.State.ToString())];

        Assert.InRange(Array.FindLastIndex(states, static state => state == "ok"), 100, 398);
        Assert.Equal("ok", states[0]);
    }

    private static string Nat(string[] rules) =>
        "*nat\n:PREROUTING ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n"
        + string.Concat(rules.Select(static rule => rule.Replace("RULE", Rewriting, StringComparison.Ordinal) + "\n")) + "COMMIT\n";

    private static string StateOf(string save) => StateOf(WalkNodes.Of(save));

    private static string StateOf(NodeSnapshot node) => Assert.Single(
        NodeListeners.Find(node, new ListenerOptions()),
        static listener => listener.Kind == ListenerKind.Socket && listener.Protocol == 6 && listener.Ports!.First == 80).State.ToString();
}
