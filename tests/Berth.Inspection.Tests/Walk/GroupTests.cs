using System.Net;
using Berth.Netlink.Route;
using Berth.Netlink.Sockets;

namespace Berth.Inspection.Tests.Walk;

/// <summary>What is for more than one host: groups, and every host on a link.</summary>
public sealed class GroupTests
{
    private static NodeSnapshot Node() => WalkNodes.Of();

    private static WalkAnswer Ask(byte protocol, string destination, WalkOrigin origin = WalkOrigin.Outside) => PacketWalk.Explain(
        Node(),
        new WalkQuestion(protocol, IPAddress.Parse(destination))
        {
            DestinationPort = protocol == 1 ? (ushort)0 : (ushort)67,
            Origin = origin,
            Interface = origin == WalkOrigin.Outside ? "eth0" : null,
        });

    [Theory]
    [InlineData(17, "255.255.255.255", "1 dropped: nobody listens on 255.255.255.255:67/udp, and who sends to many is not told")]
    [InlineData(6, "255.255.255.255", "1 dropped: tcp is for one host, and 255.255.255.255 for many")]
    [InlineData(6, "224.0.0.1", "1 dropped: tcp is for one host, and 224.0.0.1 for many")]
    [InlineData(1, "255.255.255.255", "1 dropped: net.ipv4.icmp_echo_ignore_broadcasts is 1")]
    public void What_nobody_takes_of_it_is_dropped_in_silence(byte protocol, string destination, string end)
    {
        WalkAnswer answer = Ask(protocol, destination);
        Assert.Equal((end, WalkConclusion.Refused), (WalkNodes.Outcome(answer), answer.Conclusion));
    }

    [Fact]
    public void Whether_somebody_joined_a_group_is_an_assumption_and_no_router_gets_it()
    {
        NodeSnapshot node = Node();
        DiagnosedSocket socket = node.Sockets.Value!.First(static one => one.Protocol == 17);
        node = node with
        {
            Sockets = Part.Of<IReadOnlyList<DiagnosedSocket>>([socket with { Local = IPAddress.Any, LocalPort = 5353, Remote = IPAddress.Any, RemotePort = 0, Interface = 0 }]),
        };
        WalkAnswer answer = PacketWalk.Explain(
            node, new WalkQuestion(17, IPAddress.Parse("224.0.0.251")) { DestinationPort = 5353, Interface = "eth0" });
        Assert.Equal(WalkConclusion.Depends, answer.Conclusion);
        Assert.All(answer.Ways, static way => Assert.Equal("somebody on this node joined 224.0.0.251 on eth0", Assert.Single(way.Conditions).Text));
        Assert.Equal([WalkEndpointKind.Socket, WalkEndpointKind.None], answer.Ways.Select(static way => way.End.Kind));
    }

    [Theory]
    [InlineData("224.0.0.251")]
    [InlineData("255.255.255.255")]
    public void What_the_node_sends_to_many_goes_to_all_who_listen_by_the_link_and_to_no_router(string destination)
    {
        WalkWay way = Assert.Single(Ask(17, destination, WalkOrigin.Node).Ways);
        Assert.Equal(($"all who listen at {destination}:67 by eth0", (IPAddress?)null), (way.End.Text, way.End.Gateway));
        Assert.Null(way.Reply!.Arrives);
    }
}
