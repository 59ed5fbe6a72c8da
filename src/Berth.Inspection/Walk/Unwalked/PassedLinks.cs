using Berth.Netlink.Route;

namespace Berth.Inspection;

/// <summary>The links that a packet passes on one of its ways, those below and above them included.</summary>
/// <param name="In">It comes in by these.</param>
/// <param name="Out">It goes out by these.</param>
internal sealed record PassedLinks(IReadOnlyList<Link> In, IReadOnlyList<Link> Out)
{
    internal static PassedLinks Of(WalkNode node, WalkStart start, WalkBranch end)
    {
        Link? loopback = start.Link is null && node.Link(end.Packet.InInterface) is Link link && (link.Flags & LinkFlags.Loopback) != 0
            ? link
            : null;
        List<Link> input = [];
        if ((start.Link ?? loopback) is Link first)
        {
            AddWithBelow(node, first, input);
            // What a bridge hands up, or a bond, comes in by that link once more.
            if (node.Link(first.Controller) is Link above && !end.Steps.Exists(static step => step.Kind == WalkStepKind.Bridge))
            {
                input.Add(above);
            }
        }

        List<Link> output = [];
        if ((node.Link(end.End!.Interface) ?? loopback) is Link last)
        {
            AddWithBelow(node, last, output);
        }

        return new PassedLinks(input, output);
    }

    /// <summary>Whether a bridge is among them.</summary>
    internal bool HasBridge => In.Concat(Out).Any(static link => link.Kind == "bridge");

    // Below a VLAN is the link that carries it; below a bridge or bond are its ports, of which nothing tells by which it goes.
    private static void AddWithBelow(WalkNode node, Link link, List<Link> links)
    {
        if (links.Contains(link))
        {
            return;
        }

        links.Add(link);
        if (link.Kind is "bridge" or "bond" or "team")
        {
            foreach (Link port in (node.Snapshot.Links.Value ?? []).Where(port => port.Controller == link.Index))
            {
                AddWithBelow(node, port, links);
            }
        }
        else if (link is { Kind: not "veth", PeerNamespace: null } && node.Link(link.Peer) is Link below)
        {
            AddWithBelow(node, below, links);
        }
    }
}
