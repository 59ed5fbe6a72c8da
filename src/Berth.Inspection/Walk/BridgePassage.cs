using System.Net.Sockets;
using Berth.Netlink.Route;
using Berth.NfTables;

namespace Berth.Inspection;

/// <summary>
/// What a bridge does with a packet that comes in by one of its ports: hands it to the node, or passes it on to a
/// neighbour, past all rules unless br_netfilter calls them (br_netfilter_hooks.c).
/// </summary>
internal sealed class BridgePassage(WalkNode node, HookRun hooks, Departure departure)
{
    /// <summary>Takes a packet through prerouting, wherever it came in.</summary>
    /// <param name="start">The packet.</param>
    /// <param name="link">The link, possibly a port of a bridge.</param>
    /// <param name="input">The link that routing sees.</param>
    /// <returns>What ended, and what is to be routed.</returns>
    internal IReadOnlyList<WalkBranch> ComeIn(WalkBranch start, Link link, out Link input)
    {
        (Link? bridge, string port) = BridgeOf(link);
        input = bridge ?? link;
        bool isCalled = bridge is not null && CallsIptables(start.Packet.Family);
        WalkBranch arrived = start with
        {
            Packet = start.Packet with { InInterface = input.Name, PhysicalIn = isCalled ? port : null },
        };
        if (bridge is not null && GroupRouting.IsForMany(node, arrived.Packet.Destination))
        {
            // br_handle_frame_finish(): what is for many goes both ways.
            arrived = arrived.With(arrived.Step(WalkStepKind.Bridge, "passed on by its other ports, too") with { Rule = bridge.Name });
        }
        else if (bridge is not null && IsNeighbour(arrived.Packet, bridge))
        {
            return isCalled
                ? [.. hooks.Run(arrived, NfHook.Prerouting).SelectMany(way => PassOn(Orphaned(way), bridge, IsRewritten(start, way)))]
                : [Pass(arrived, bridge, "passed on by the bridge: no rule sees it")];
        }

        IReadOnlyList<WalkBranch> ways = hooks.Run(arrived, NfHook.Prerouting);
        return isCalled
            ? [.. ways.SelectMany(way => IsRewritten(start, way) ? PassOn(Orphaned(way), bridge!, isRewritten: true) : [Orphaned(way)])]
            : ways;
    }

    /// <summary>Whether bridges call the rules of a family for what they pass on.</summary>
    internal bool CallsIptables(AddressFamily family) => (node.Sysctl(
        family == AddressFamily.InterNetwork ? "net.bridge.bridge-nf-call-iptables" : "net.bridge.bridge-nf-call-ip6tables") ?? 0) != 0;

    private (Link? Bridge, string Port) BridgeOf(Link link)
    {
        if (node.Link(link.Controller) is { Kind: "bridge" } bridge)
        {
            return (bridge, link.Name);
        }

        List<Link> ports = [.. (node.Snapshot.Links.Value ?? []).Where(port => port.Controller == link.Index)];
        return link.Kind == "bridge" && ports.Count > 0
            ? (link, ports.Count == 1 ? ports[0].Name : WalkPacket.UnknownPort)
            : (null, "");
    }

    // On the bridge's own network, and not the node: the sender finds it by itself.
    private bool IsNeighbour(WalkPacket packet, Link bridge) => !node.IsLocal(packet.Destination) && IsOnLink(packet, bridge)
        && node.Routing.DecideOne(new RouteQuestion(packet.Source)) is { Gateway: null } back && back.Output == bridge.Index;

    private bool IsOnLink(WalkPacket packet, Link bridge) =>
        node.Routing.DecideOne(new RouteQuestion(packet.Destination) { Mark = packet.Mark }) is { Type: RouteType.Unicast, Gateway: null } decision
        && decision.Output == bridge.Index;

    private static bool IsRewritten(WalkBranch start, WalkBranch way) =>
        way.End is null && !way.Packet.Destination.Equals(start.Packet.Destination);

    // ip_rcv_core() takes away the socket that a rule called by the bridge gave to the packet.
    private static WalkBranch Orphaned(WalkBranch way) =>
        way.Packet.IsProxied ? way with { Packet = way.Packet with { IsProxied = false, ProxyPort = 0 } } : way;

    // br_nf_pre_routing_finish(): what was rewritten to a neighbour on the same bridge is bridged, and so is what was for one
    // and still is, whatever its mark says to routing; all else is routed.
    private List<WalkBranch> PassOn(WalkBranch way, Link bridge, bool isRewritten)
    {
        if (way.End is not null || (isRewritten && (node.IsLocal(way.Packet.Destination) || !IsOnLink(way.Packet, bridge))))
        {
            return [way];
        }

        WalkBranch passing = way with
        {
            Packet = way.Packet with
            {
                OutInterface = bridge.Name,
                PhysicalOut = WalkPacket.UnknownPort,
                IsBridged = true,
            },
        };
        List<WalkBranch> ended = [];
        foreach (WalkBranch forwarded in hooks.Run(passing, NfHook.Forward))
        {
            if (forwarded.End is not null)
            {
                ended.Add(forwarded);
                continue;
            }

            // br_nf_post_routing() knows no inbound link.
            WalkBranch leaving = forwarded with { Packet = forwarded.Packet with { InInterface = null } };
            ended.AddRange(hooks.Run(leaving, NfHook.Postrouting)
                .SelectMany(last => last.End is null ? Hairpin(Pass(last, bridge, "passed on by the bridge"), bridge) : [last]));
        }

        return ended;
    }

    private WalkBranch Pass(WalkBranch branch, Link bridge, string effect)
    {
        WalkBranch passed = branch with { Packet = branch.Packet with { OutInterface = bridge.Name } };
        return departure.Leave(passed.With(passed.Step(WalkStepKind.Bridge, effect) with { Rule = bridge.Name }));
    }

    // Back out by the port that it came in by, a frame goes only with the port's hairpin mode.
    private IEnumerable<WalkBranch> Hairpin(WalkBranch branch, Link bridge)
    {
        WalkTuple? original = branch.Packet.Original;
        if (branch.Packet.Direction == 1 || original is null || !original.Source.Equals(branch.Packet.Destination))
        {
            return [branch];
        }

        const string Refusal = "dropped by the bridge: back out by the same port goes only in hairpin mode";
        if (ModeOf(branch.Packet, bridge) is bool isOn)
        {
            return [isOn ? branch : branch.Ended(WalkOutcome.Dropped, Refusal)];
        }

        WalkAssumption mode = new($"the hairpin mode of the bridge's port of {original.Source} is on", true);
        return ((WalkBranch?[])
        [
            branch.Assuming(mode),
            branch.Assuming(mode with { Holds = false })?.Ended(WalkOutcome.Dropped, Refusal),
        ]).OfType<WalkBranch>();
    }

    // Of the port that it came in by; where that is one of several, what all have.
    private bool? ModeOf(WalkPacket packet, Link bridge)
    {
        if (node.Link(packet.PhysicalIn) is Link port)
        {
            return port.IsHairpin;
        }

        List<Link> ports = [.. (node.Snapshot.Links.Value ?? []).Where(link => link.Controller == bridge.Index)];
        return ports.TrueForAll(link => link.IsHairpin == ports[0].IsHairpin) ? ports[0].IsHairpin : null;
    }
}
