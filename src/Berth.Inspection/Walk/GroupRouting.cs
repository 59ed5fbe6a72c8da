using System.Net;
using System.Net.Sockets;
using Berth.Netlink.Route;

namespace Berth.Inspection;

/// <summary>
/// Routes what is for more than one host: groups (multicast) and 255.255.255.255. No table decides of it, and no router gets
/// it (ip_route_input_rcu(), ip6_mc_input(), __mkroute_output()).
/// </summary>
internal sealed class GroupRouting(WalkNode node)
{
    private const uint Local = 255;
    private const byte NodeScope = 1;
    private const byte LinkScope = 2;

    /// <summary>Whether an address is a group's, or that of every host on a link.</summary>
    internal static bool IsGroup(IPAddress address) => address.AddressFamily == AddressFamily.InterNetwork
        ? address.Equals(IPAddress.Broadcast) || address.GetAddressBytes()[0] is >= 224 and < 240
        : address.IsIPv6Multicast;

    /// <summary>Whether more than one host may get what is sent to an address: a group, or a network's last one.</summary>
    internal static bool IsForMany(WalkNode node, IPAddress address) =>
        IsGroup(address) || (node.Routing.TypeOf(address, null) == RouteType.Broadcast && address.GetAddressBytes()[0] != 0);

    /// <summary>What becomes of one that comes in by a link: the node takes it where somebody joined the group there.</summary>
    internal IReadOnlyList<RouteDecision> ComeIn(IPAddress group, Link input)
    {
        if (group.Equals(IPAddress.Broadcast))
        {
            return [new RouteDecision(RouteType.Broadcast, Local)];
        }

        RouteDecision joined = new(RouteType.Multicast, Local) { IsJoined = true };
        if (IsAlwaysJoined(group, input))
        {
            return [joined];
        }

        // Who joined is in no snapshot, nor whether a daemon routes groups.
        WalkAssumption somebody = new($"somebody on this node joined {group} on {input.Name}", true);
        return
        [
            joined with { Assumption = somebody },
            joined with { IsJoined = false, Assumption = somebody with { Holds = false } },
        ];
    }

    /// <summary>The ways of what the node itself sends: by the link of its source, or of the route, and past its router.</summary>
    /// <param name="question">What routing is asked.</param>
    internal IReadOnlyList<RouteDecision> Send(RouteQuestion question)
    {
        RouteType type = question.Destination.Equals(IPAddress.Broadcast) ? RouteType.Broadcast : RouteType.Multicast;
        if (question.Source is IPAddress source && source.AddressFamily == AddressFamily.InterNetwork
            && (node.Snapshot.Addresses.Value ?? []).FirstOrDefault(address => address.Address.Equals(source)) is LinkAddress own)
        {
            return [new RouteDecision(type, Local) { Output = own.LinkIndex, IsJoined = true }];
        }

        return
        [
            .. node.Routing.Decide(question).Select(decision => !decision.IsFound || decision.Output is null
                ? decision
                : decision with { Type = type, Gateway = null, IsJoined = true }),
        ];
    }

    // All hosts; of IPv6 also all routers where the node is one, and what its neighbours ask for its addresses by.
    private bool IsAlwaysJoined(IPAddress group, Link input)
    {
        byte[] bytes = group.GetAddressBytes();
        if (bytes.Length == 4)
        {
            return bytes is [224, 0, 0, 1];
        }

        bool isWellKnown = bytes[1] is NodeScope or LinkScope && bytes.AsSpan(2, 13).IndexOfAnyExcept((byte)0) < 0;
        return isWellKnown
            ? bytes[15] == 1 || (bytes[15] == 2 && (node.Sysctl(AddressFamily.InterNetworkV6, input.Name, "forwarding") ?? 0) != 0)
            : IsSolicited(bytes) && node.Addresses(input).Any(address => address.Address.AddressFamily == AddressFamily.InterNetworkV6
                && address.Address.GetAddressBytes().AsSpan(13).SequenceEqual(bytes.AsSpan(13)));
    }

    // ff02::1:ffXX:XXXX (RFC 4291, 2.7.1)
    private static bool IsSolicited(ReadOnlySpan<byte> group) =>
        group[..13].SequenceEqual((ReadOnlySpan<byte>)[0xff, LinkScope, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff]);
}
