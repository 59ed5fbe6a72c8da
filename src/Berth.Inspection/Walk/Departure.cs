using System.Net;
using Berth.Netlink.Route;

namespace Berth.Inspection;

/// <summary>Where a packet arrives that leaves the node: at a pod, a neighbour, or another host.</summary>
internal sealed class Departure(WalkNode node)
{
    internal WalkBranch Leave(WalkBranch branch)
    {
        WalkPacket packet = branch.Packet;
        string link = packet.OutInterface ?? "?";
        string place = EndpointText.Of(packet.Destination, packet.DestinationPort);
        IPAddress? gateway = branch.VirtualServer is { Forwarding: not "Masq" } server ? server.Address : branch.Route?.Gateway;
        if (GroupRouting.IsForMany(node, packet.Destination))
        {
            return Left(branch, WalkEndpointKind.Neighbour, $"all who listen at {place} by {link}", new ListenerOwner(), null);
        }

        CniAttachment? attachment = AttachmentOf(packet.Destination);
        if (attachment is { SandboxExists: false })
        {
            return branch.Ended(
                WalkOutcome.Dropped, $"lost: nobody is at {place} by {link}, the sandbox of pod {NameOf(attachment)} is gone");
        }

        (WalkEndpointKind kind, string text, ListenerOwner owner) = (attachment, gateway) switch
        {
            ({ } pod, _) => (
                WalkEndpointKind.Pod,
                $"pod {NameOf(pod)} at {place} by {link}",
                new ListenerOwner { Pod = PodDirectory.PodOf(pod), Container = pod.ContainerId, Network = pod.Network }),
            (null, null) when IsOfPods(link) && !HasRouter(link) => (
                WalkEndpointKind.Pod, $"{PodOf(branch) ?? "a pod"} at {place} by {link}", OwnerOf(branch)),
            (null, null) => (WalkEndpointKind.Neighbour, $"{place} by {link}", OwnerOf(branch)),
            (null, _) => (WalkEndpointKind.Host, $"{place} by {link}, router {gateway}", OwnerOf(branch)),
        };
        return Left(branch, kind, text, owner, gateway);
    }

    /// <summary>Where a packet stays that its sender is at itself.</summary>
    internal WalkBranch Keep(WalkBranch branch, Link? link)
    {
        WalkBranch kept = branch with { Packet = branch.Packet with { OutInterface = link?.Name } };
        kept = Leave(kept.With(kept.Step(WalkStepKind.Route, $"{branch.Packet.Destination} is an address of the sender itself: nothing leaves it, and no rule of the node sees it")));
        return kept with { End = kept.End! with { Interface = null, Gateway = null } };
    }

    private static WalkBranch Left(WalkBranch branch, WalkEndpointKind kind, string text, ListenerOwner owner, IPAddress? gateway) => branch with
    {
        End = new WalkEnd(WalkOutcome.Delivered, text)
        {
            Kind = kind,
            Address = branch.Packet.Destination,
            Port = branch.Packet.DestinationPort,
            Source = branch.Packet.Source,
            SourcePort = branch.Packet.SourcePort,
            Interface = branch.Packet.OutInterface,
            Gateway = gateway,
            Owner = owner,
        },
    };

    internal CniAttachment? AttachmentOf(IPAddress address) =>
        // An address may be given anew while the one who had it is still in the cache.
        (node.Snapshot.CniCache.Value ?? []).Where(attachment => attachment.Addresses.Contains(address))
            .OrderBy(static attachment => attachment.SandboxExists == false).FirstOrDefault();

    internal static string NameOf(CniAttachment attachment) =>
        PodDirectory.PodOf(attachment) ?? attachment.ContainerId[..Math.Min(12, attachment.ContainerId.Length)];

    // A virtual link whose other end is in another namespace, or a bridge of such.
    private bool IsOfPods(string name)
    {
        if (node.Link(name) is not Link link)
        {
            return false;
        }

        return IsToNamespace(link)
            || (link.Kind == "bridge" && (node.Snapshot.Links.Value ?? []).Any(port => port.Controller == link.Index && IsToNamespace(port)));
    }

    // Where a router is, other hosts are: nodes in network namespaces have such links, too, and pods have none behind them.
    private bool HasRouter(string name) => node.Link(name) is Link link && (node.Snapshot.Routes.Value ?? []).Any(route =>
        (route.OutputInterface == link.Index && route.Gateway is not null)
        || route.Multipath.Any(hop => hop.OutputInterface == link.Index && hop.Gateway is not null));

    private static bool IsToNamespace(Link link) => link.Kind == "veth" && link.PeerNamespace is not null;

    // Who rewrote the packet may know whose the target is.
    private static string? PodOf(WalkBranch branch) => branch.Rewriter?.Identity.Owner.Pod is string pod ? $"pod {pod}" : null;

    private static ListenerOwner OwnerOf(WalkBranch branch) => branch.Rewriter?.Identity.Owner ?? new ListenerOwner();
}
