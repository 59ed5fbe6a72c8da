using System.Net;
using System.Net.Sockets;
using Berth.Netlink.Route;

namespace Berth.Inspection;

/// <summary>
/// What the kernel refuses of packets that come in, whatever the tables say: addresses that cannot be, sources that would be
/// answered another way (rp_filter), forwarding that is off (ip_route_input_slow(), fib_validate_source(), ip6_rcv_core()).
/// </summary>
internal sealed class InputRouting(WalkNode node)
{
    /// <summary>Why a packet is dropped before any rule sees it; null when it is not.</summary>
    internal static string? RefusedOnArrival(WalkPacket packet, Link input)
    {
        bool isLoopback = (input.Flags & LinkFlags.Loopback) != 0;
        return packet.Family == AddressFamily.InterNetworkV6 && !isLoopback
            && (IPAddress.IsLoopback(packet.Source) || IPAddress.IsLoopback(packet.Destination))
            ? $"::1 never comes in by {input.Name} (RFC 4291, 2.5.3)"
            : null;
    }

    /// <summary>Why routing refuses it before it looks into a table; null when it does not.</summary>
    internal string? Martian(WalkPacket packet, Link input)
    {
        if (packet.Family != AddressFamily.InterNetwork)
        {
            // ip6_rcv_core()
            if (packet.Destination.IsIPv6Multicast && (packet.Destination.GetAddressBytes()[1] & 0xf) <= 1 && (input.Flags & LinkFlags.Loopback) == 0)
            {
                return $"a group of that scope is no other host's: {packet.Destination}";
            }

            // Loopback is routed by its own link alone, even after rewriting (rt6_need_strict()).
            return packet.Source.IsIPv6Multicast ? "a multicast address is no source"
                : packet.Destination.Equals(IPAddress.IPv6Loopback) && (input.Flags & LinkFlags.Loopback) == 0 ? $"there is no route to ::1 from {input.Name}"
                : null;
        }

        byte source = packet.Source.GetAddressBytes()[0];
        byte destination = packet.Destination.GetAddressBytes()[0];
        if (source >= 224)
        {
            return $"martian source: {packet.Source} is no host's address";
        }

        // Who asks for an address has none (ip_route_input_slow(), ip_mc_validate_source()).
        bool isForAll = packet.Destination.Equals(IPAddress.Broadcast) || (destination == 224 && packet.Destination.GetAddressBytes() is [_, 0, 0, _]);
        if (packet.Source.Equals(IPAddress.Any) && isForAll)
        {
            return null;
        }

        if (source == 0 || (destination == 0 && !packet.Destination.Equals(IPAddress.Any)))
        {
            return $"martian {(source == 0 ? $"source: {packet.Source}" : $"destination: {packet.Destination}")}";
        }

        // One that the node sent to itself keeps the route that it was sent by.
        if ((source == 127 || destination == 127) && !Either(input, "route_localnet"))
        {
            return destination == 127
                ? $"martian destination: {packet.Destination} from {input.Name}, where route_localnet is off"
                : $"martian source: {packet.Source} from {input.Name}, where route_localnet is off";
        }

        return null;
    }

    /// <summary>Why a packet's source is not believed; null when it is.</summary>
    internal string? InvalidSource(WalkPacket packet, Link input, RouteDecision decision)
    {
        if (packet.Family != AddressFamily.InterNetwork || packet.Source.Equals(IPAddress.Any))
        {
            return null;
        }

        int filter = Math.Max(
            node.Sysctl(packet.Family, "all", "rp_filter") ?? 0, node.Sysctl(packet.Family, input.Name, "rp_filter") ?? 0);
        bool isForMany = decision.Type is RouteType.Broadcast or RouteType.Multicast;
        bool acceptsLocal = Either(input, "accept_local");
        RouteDecision back = node.Routing.DecideOne(new RouteQuestion(packet.Source)
        {
            Source = isForMany ? null : packet.Destination,
            Input = isForMany ? "lo" : decision.Type == RouteType.Local ? "lo" : node.Link(decision.Output)?.Name ?? "lo",
            Protocol = packet.Protocol,
            SourcePort = packet.DestinationPort,
            DestinationPort = packet.SourcePort,
        });
        if (!back.IsFound || back.Type is RouteType.Unreachable or RouteType.Prohibit or RouteType.Blackhole)
        {
            return filter > 0 ? $"rp_filter of {input.Name}: there is no route back to {packet.Source}" : null;
        }

        if (back.Type != RouteType.Unicast && (back.Type != RouteType.Local || !acceptsLocal))
        {
            return back.Type == RouteType.Local
                ? $"martian source: {packet.Source} is an address of this node, and came in by {input.Name}"
                : $"martian source: {packet.Source} is of type {back.Type}";
        }

        if (filter == 0 || RoutingTables.HasWayBy(back, input.Index))
        {
            return null;
        }

        if (filter == 1)
        {
            return $"rp_filter of {input.Name}: the way back to {packet.Source} is {node.Link(back.Output)?.Name ?? "another"}";
        }

        // Loose: some way back is enough, and there is one.
        return null;
    }

    /// <summary>Why a packet that comes in by a link is not forwarded; null when it is.</summary>
    internal string? NotForwarded(WalkPacket packet, Link input)
    {
        if (packet.Family == AddressFamily.InterNetwork)
        {
            return (node.Sysctl(packet.Family, input.Name, "forwarding") ?? node.Sysctl("net.ipv4.ip_forward") ?? 1) == 0
                ? $"net.ipv4.conf.{input.Name}.forwarding is 0"
                : null;
        }

        return (node.Sysctl(packet.Family, "all", "forwarding") ?? 1) == 0 ? "net.ipv6.conf.all.forwarding is 0"
            : packet.Source.IsIPv6LinkLocal ? $"{packet.Source} is a link-local address, which is never forwarded"
            : null;
    }

    // Settings that hold when they are on for all, or for the link (IN_DEV_ORCONF).
    private bool Either(Link link, string name) =>
        (node.Sysctl(AddressFamily.InterNetwork, "all", name) ?? 0) != 0
        || (node.Sysctl(AddressFamily.InterNetwork, link.Name, name) ?? 0) != 0;

    /// <summary>Whether loopback addresses may be routed by a link (IN_DEV_NET_ROUTE_LOCALNET).</summary>
    internal bool RoutesLoopback(Link link) => Either(link, "route_localnet");
}
