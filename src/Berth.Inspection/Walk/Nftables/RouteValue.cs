using System.Net.Sockets;
using Berth.NfTables;

namespace Berth.Inspection;

/// <summary>What <c>rt</c> loads (nft_rt_get_eval()); null where the kernel leaves the rule.</summary>
internal static class RouteValue
{
    internal static Loaded? Load(WalkPacket packet, WalkNode node, RouteKey key)
    {
        // Before routing a packet has no route.
        if (packet.Hook == NfHook.Prerouting)
        {
            return null;
        }

        bool isV4 = packet.Family == AddressFamily.InterNetwork;
        return key switch
        {
            RouteKey.ClassId => Loaded.OfHost(0),
            RouteKey.NextHop4 => isV4 ? NextHop(packet, node) : null,
            RouteKey.NextHop6 => isV4 ? null : NextHop(packet, node),
            RouteKey.SegmentSize => Loaded.Unknown(2, "the route's segment size"),
            _ => Loaded.Of(0),
        };
    }

    private static Loaded NextHop(WalkPacket packet, WalkNode node)
    {
        if (packet.IsRouted)
        {
            return new Loaded((packet.Gateway ?? packet.Destination).GetAddressBytes());
        }

        RouteDecision decision = node.Routing.DecideOne(new RouteQuestion(packet.Destination)
        {
            Source = packet.Source,
            Input = packet.InInterface ?? "lo",
            Mark = packet.Mark,
            Protocol = packet.Protocol,
            SourcePort = packet.SourcePort,
            DestinationPort = packet.DestinationPort,
        });
        return new Loaded((decision.Gateway ?? packet.Destination).GetAddressBytes());
    }
}
