using System.Net;
using System.Net.Sockets;
using Berth.Netlink.Route;
using Berth.NfTables;

namespace Berth.Inspection;

/// <summary>Mappings as listeners: those that differ only in their target, or in the hook, are one.</summary>
internal static class NatListeners
{
    /// <summary>A listener and the mappings that make it, in the kernel's order.</summary>
    internal sealed record Entry(Listener Listener, IReadOnlyList<NatMapping> Mappings);

    internal static IReadOnlyList<Entry> Of(NodeSnapshot snapshot, PodDirectory pods, bool withClusterAddresses)
    {
        Dictionary<Key, List<(NatMapping Mapping, MappingIdentity Identity)>> groups = [];
        List<Key> order = [];
        foreach (NatMapping mapping in NatWalk.Mappings(snapshot))
        {
            MappingIdentity identity = MappingIdentity.Of(mapping);
            if (identity.Kind == ListenerKind.ClusterIP && !withClusterAddresses)
            {
                continue;
            }

            Key key = new(
                identity.Kind, identity.Source, identity.OwnerKey ?? identity.Owner.Name, mapping.Selection with { IsLocal = false });
            if (!groups.TryGetValue(key, out List<(NatMapping, MappingIdentity)>? group))
            {
                groups.Add(key, group = []);
                order.Add(key);
            }

            group.Add((mapping, identity));
        }

        return [.. order.Select(key => Make(groups[key], pods))];
    }

    private static Entry Make(List<(NatMapping Mapping, MappingIdentity Identity)> group, PodDirectory pods)
    {
        (NatMapping first, MappingIdentity identity) = group[0];
        CniAttachment? attachment = pods.Find(identity);
        AddressFamily family = first.Selection.Family ?? AddressFamily.InterNetwork;
        IPNetwork? destination = first.Selection.Destination;
        int whole = family == AddressFamily.InterNetwork ? 32 : 128;
        List<string> targets = [];
        foreach ((NatMapping mapping, _) in group)
        {
            string target = Target(mapping);
            if (!targets.Contains(target))
            {
                targets.Add(target);
            }
        }

        // The order of a hash map says nothing.
        targets.Sort(StringComparer.Ordinal);
        bool isStale = pods.KnowsAttachments && identity.Kind == ListenerKind.HostPort
            && (identity.OwnerKey is not null || identity.Source.StartsWith("reference ", StringComparison.Ordinal)
                || identity.Source.StartsWith("portmap ", StringComparison.Ordinal))
            && (attachment is null || attachment.SandboxExists == false);
        Listener listener = new()
        {
            Kind = identity.Kind,
            Protocol = first.Selection.Protocol ?? 0,
            Address = destination?.BaseAddress ?? (family == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any),
            PrefixLength = destination is IPNetwork network && network.PrefixLength < whole ? network.PrefixLength : null,
            IsBothFamilies = first.Selection.Family is null,
            Ports = first.Selection.Ports,
            Source = identity.Source,
            Targets = targets,
            Owner = identity.Owner with
            {
                Pod = identity.Owner.Pod ?? PodDirectory.PodOf(attachment),
                Container = attachment?.ContainerId ?? identity.Owner.Container,
                Network = attachment?.Network ?? identity.Owner.Network,
            },
            State = isStale ? new ListenerState(ListenerCondition.Stale) : ListenerState.Ok,
            IsConditional = group.TrueForAll(static item => item.Mapping.IsConditional),
        };
        return new Entry(listener, [.. group.Select(static item => item.Mapping)]);
    }

    private static string Target(NatMapping mapping)
    {
        PortInterval? ports = mapping.Ports ?? mapping.Selection.Ports;
        string port = ports is null ? "" : ports.First == ports.Last ? $":{ports.First}" : $":{ports.First}-{ports.Last}";
        return mapping.IsRedirect ? $"this node{port}"
            : mapping.Address is null ? $"?{port}"
            : mapping.Address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{mapping.Address}]{port}"
            : $"{mapping.Address}{port}";
    }

    private sealed record Key(ListenerKind Kind, string Source, string Owner, Selection Selection);
}
