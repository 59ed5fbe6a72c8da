using System.Net.Sockets;
using Berth.Netlink.Route;

namespace Berth.Inspection;

/// <summary>Routing decisions in words.</summary>
internal static class RouteText
{
    private const uint Main = 254;

    internal static string Of(RouteDecision decision, WalkPacket packet, string output)
    {
        if (GroupRouting.IsGroup(packet.Destination))
        {
            return $"forwarded to {output}, for all who listen there";
        }

        string table = decision.Table == Main ? "" : $", table {decision.Table}";
        string via = decision.Gateway is null ? "" : $" via {decision.Gateway}";
        string route = decision.Entry is null ? "without a route"
            : decision.Entry is { Destination: { } network } entry ? $"route {network}/{entry.PrefixLength}"
            : "route default";
        return $"forwarded to {output}{via} ({route}{table})";
    }

    /// <summary>What becomes of a packet that has no way (ip_error(), ip6_pkt_drop()); null when it has one.</summary>
    internal static (WalkOutcome Outcome, string Reason)? RefusalOf(RouteDecision decision, WalkPacket packet)
    {
        string table = decision.Table == 0 ? "" : $" in table {decision.Table}";
        return decision.Type switch
        {
            _ when !decision.IsFound => (WalkOutcome.Rejected, $"there is no route to {packet.Destination}"),
            RouteType.Blackhole => (WalkOutcome.Dropped, $"a blackhole route{table} to {packet.Destination}"),
            RouteType.Unreachable => (WalkOutcome.Rejected, $"an unreachable route{table} to {packet.Destination}"),
            RouteType.Prohibit => (WalkOutcome.Rejected, $"a prohibit route{table} to {packet.Destination}"),
            RouteType.Multicast when !decision.IsJoined => (WalkOutcome.Dropped, $"nobody here joined the group {packet.Destination}"),
            RouteType.Broadcast when packet.Family == AddressFamily.InterNetworkV6 => (WalkOutcome.Dropped, "no broadcast in IPv6"),
            _ => null,
        };
    }
}
