using System.Net;
using System.Net.Sockets;
using Berth.Netlink.Route;

namespace Berth.Inspection;

/// <summary>By which link a packet enters, and from which address, where the question leaves that open.</summary>
internal static class WalkEntrance
{
    /// <summary>Where a packet enters that nobody said of.</summary>
    internal static WalkOrigin OriginOf(WalkNode node, WalkQuestion question) =>
        question.Pod is not null ? WalkOrigin.Pod
        : question.Interface is not null ? WalkOrigin.Outside
        : IPAddress.IsLoopback(question.Destination) || (question.Source is not null && node.IsLocal(question.Source)) ? WalkOrigin.Node
        : WalkOrigin.Outside;

    internal static (Link Link, WalkQuestion Question) FromOutside(WalkNode node, WalkQuestion question, List<string> chosen)
    {
        Link link;
        if (question.Interface is string name)
        {
            link = node.Link(name) ?? throw new WalkException(
                $"there is no link {name} on the node; there is {string.Join(", ", (node.Snapshot.Links.Value ?? []).Select(static link => link.Name))}");
        }
        else
        {
            link = Guess(node, question) ?? throw new WalkException("no link of the node leads outside; name one with --in");
            chosen.Add($"link {link.Name} was chosen");
        }

        if (question.Source is null)
        {
            IPAddress source = SourceBy(node, link, question.Destination);
            question = question with { Source = source };
            chosen.Add($"source {source} was chosen");
        }

        return (link, question with { Interface = link.Name });
    }

    internal static (Link Link, WalkQuestion Question) FromPod(WalkNode node, WalkQuestion question)
    {
        IReadOnlyList<CniAttachment> attachments = node.Snapshot.CniCache.Value ?? [];
        string wanted = question.Pod ?? "";
        List<CniAttachment> found = [.. attachments.Where(attachment => IsNamed(attachment, wanted)
            && attachment.Addresses.Any(address => address.AddressFamily == question.Destination.AddressFamily))];
        CniAttachment pod = found switch
        {
            [] when node.Snapshot.CniCache.Status != PartStatus.Present => throw new WalkException(
                $"pod {wanted}: there is no CNI cache to find it in ({node.Snapshot.CniCache.Reason}); give its address and its link with --in"),
            [] => throw new WalkException(
                $"pod {wanted}: no attachment of that name and family; there is {string.Join(", ", attachments.Select(Departure.NameOf).Distinct())}"),
            _ => OneOf(found, wanted),
        };
        IPAddress address = question.Source
            ?? pod.Addresses.First(candidate => candidate.AddressFamily == question.Destination.AddressFamily);
        RouteDecision decision = node.Routing.DecideOne(new RouteQuestion(address));
        Link link = node.Link(decision.Output) ?? throw new WalkException($"pod {wanted}: the node has no route to its address {address}");
        return (link, question with { Source = address, Interface = link.Name });
    }

    // Of a pod that is gone something may be left; of one that is there any of its links will do.
    private static CniAttachment OneOf(List<CniAttachment> found, string wanted)
    {
        List<CniAttachment> there = found.FindAll(static attachment => attachment.SandboxExists != false);
        List<CniAttachment> left = there.Count > 0 ? there : found;
        return left.TrueForAll(attachment => attachment.ContainerId == left[0].ContainerId)
            ? left[0]
            : throw new WalkException(
                $"pod {wanted}: that may be {string.Join(" or ", left.Select(static attachment => $"{Departure.NameOf(attachment)} (container {attachment.ContainerId})").Distinct())}: "
                + "give namespace/name, or the beginning of the container's ID");
    }

    private static bool IsNamed(CniAttachment attachment, string name) =>
        PodDirectory.PodOf(attachment) == name || attachment.PodName == name
        || (name.Length > 0 && attachment.ContainerId.StartsWith(name, StringComparison.Ordinal));

    // The link of the source, of the destination where it is the node's, of the default route, or the first that is up.
    private static Link? Guess(WalkNode node, WalkQuestion question)
    {
        if (question.Source is not null)
        {
            RouteDecision back = node.Routing.DecideOne(new RouteQuestion(question.Source));
            return node.Link(back.Output);
        }

        LinkAddress? own = (node.Snapshot.Addresses.Value ?? []).FirstOrDefault(address => address.Address.Equals(question.Destination));
        if (own is not null && node.Link(own.LinkIndex) is Link of && (of.Flags & LinkFlags.Loopback) == 0 && of.Kind != "dummy")
        {
            return of;
        }

        IPAddress anywhere = IPAddress.Parse(question.Destination.AddressFamily == AddressFamily.InterNetwork ? "198.51.100.1" : "2001:db8::1");
        RouteDecision outside = node.Routing.DecideOne(new RouteQuestion(anywhere));
        return outside.Type == RouteType.Unicast && node.Link(outside.Output) is Link link
            ? link
            : (node.Snapshot.Links.Value ?? []).FirstOrDefault(static link => link.IsUp && (link.Flags & LinkFlags.Loopback) == 0);
    }

    // Some host behind the link: of its own network, or, where the default route is, of the documentation's (RFC 5737, 3849).
    private static IPAddress SourceBy(WalkNode node, Link link, IPAddress destination)
    {
        bool isV4 = destination.AddressFamily == AddressFamily.InterNetwork;
        IPAddress anywhere = IPAddress.Parse(isV4 ? "198.51.100.9" : "2001:db8::9");
        if (node.Routing.DecideOne(new RouteQuestion(anywhere)) is { Type: RouteType.Unicast } decision && decision.Output == link.Index)
        {
            return anywhere;
        }

        foreach (LinkAddress address in node.Addresses(link))
        {
            if (address.Address.AddressFamily == destination.AddressFamily && !address.Address.IsIPv6LinkLocal)
            {
                for (byte last = 9; last < 250; last++)
                {
                    byte[] bytes = address.Address.GetAddressBytes();
                    bytes[^1] = last;
                    IPAddress neighbour = new(bytes);
                    if (!node.IsLocal(neighbour) && !neighbour.Equals(destination))
                    {
                        return neighbour;
                    }
                }
            }
        }

        return anywhere;
    }
}
