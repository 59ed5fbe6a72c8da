using Berth.Netlink.Route;
using Berth.NfTables;

namespace Berth.Inspection;

/// <summary>The links that a packet passes on one of its ways, those below and above them included.</summary>
/// <param name="In">It comes in by these.</param>
/// <param name="Out">It goes out by these.</param>
internal sealed record PassedLinks(IReadOnlyList<Link> In, IReadOnlyList<Link> Out)
{
    /// <summary>The ports of a bridge by one of which it comes in; nothing tells by which.</summary>
    internal IReadOnlyList<Link> OneOfIn { get; init; } = [];

    /// <summary>The hooks of bridges that it passes.</summary>
    internal IReadOnlyList<NfHook> BridgeHooks { get; init; } = [];

    internal static PassedLinks Of(WalkNode node, WalkStart start, WalkBranch end)
    {
        Link? loopback = start.Link is null && node.Link(end.Packet.InInterface) is Link link && (link.Flags & LinkFlags.Loopback) != 0
            ? link
            : null;
        bool isBridged = end.Packet.IsBridged || end.Steps.Exists(static step => step.Kind == WalkStepKind.Bridge);
        List<Link> input = [];
        List<Link> ports = [];
        if ((start.Link ?? loopback) is Link first)
        {
            ports = first.Kind == "bridge" ? PortsOf(node, first) : [];
            if (ports.Count > 1)
            {
                input.Add(first);
            }
            else
            {
                ports = [];
                AddWithBelow(node, first, input);
            }

            // What a bridge hands up, or a bond, comes in by that link once more.
            if (node.Link(first.Controller) is Link above && !isBridged)
            {
                input.Add(above);
            }
        }

        List<Link> output = [];
        if ((node.Link(end.End!.Interface) ?? loopback) is Link last)
        {
            AddWithBelow(node, last, output);
        }

        List<NfHook> hooks = [];
        if (input.Exists(link => link.Kind == "bridge" || node.Link(link.Controller)?.Kind == "bridge"))
        {
            hooks.AddRange(isBridged ? [NfHook.Prerouting, NfHook.Forward, NfHook.Postrouting] : [NfHook.Prerouting, NfHook.Input]);
        }

        if (!isBridged && output.Exists(static link => link.Kind == "bridge"))
        {
            hooks.AddRange([NfHook.Output, NfHook.Postrouting]);
        }

        return new PassedLinks(input, output) { OneOfIn = ports, BridgeHooks = hooks };
    }

    private static List<Link> PortsOf(WalkNode node, Link bridge) =>
        [.. (node.Snapshot.Links.Value ?? []).Where(port => port.Controller == bridge.Index)];

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
            foreach (Link port in PortsOf(node, link))
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
