namespace Berth.Manifests;

/// <summary>What the scheduler sees of a pod.</summary>
internal sealed class PodToPlace
{
    // What the DaemonSet controller adds (pkg/controller/daemon/util, AddOrUpdateDaemonPodTolerations).
    private static readonly Toleration[] OfDaemons =
    [
        new("node.kubernetes.io/not-ready", "Exists", null, "NoExecute"),
        new("node.kubernetes.io/unreachable", "Exists", null, "NoExecute"),
        new("node.kubernetes.io/disk-pressure", "Exists", null, "NoSchedule"),
        new("node.kubernetes.io/memory-pressure", "Exists", null, "NoSchedule"),
        new("node.kubernetes.io/pid-pressure", "Exists", null, "NoSchedule"),
        new("node.kubernetes.io/unschedulable", "Exists", null, "NoSchedule"),
    ];

    private static readonly Toleration OfHostNetworkDaemons =
        new("node.kubernetes.io/network-unavailable", "Exists", null, "NoSchedule");

    private readonly PodSpec _spec;
    private readonly IReadOnlyList<NodeSelectorTerm>? _affinity;

    /// <param name="spec">The pod's specification.</param>
    /// <param name="isDaemon">Whether a DaemonSet makes it.</param>
    /// <param name="pinnedTo">The node that a DaemonSet makes it for; null while that is asked.</param>
    public PodToPlace(PodSpec spec, bool isDaemon = false, string? pinnedTo = null)
    {
        _spec = spec;
        Claims = HostPortClaim.Of(spec);
        Tolerations = !isDaemon ? spec.Tolerations
            : spec.IsHostNetwork ? [.. spec.Tolerations, .. OfDaemons, OfHostNetworkDaemons]
            : [.. spec.Tolerations, .. OfDaemons];
        // The controller replaces the required affinity by the node's name.
        _affinity = pinnedTo is null
            ? spec.RequiredNodeAffinity
            : [new NodeSelectorTerm([], [new SelectorRequirement(NodeNameField, "In", [pinnedTo], spec.At)])];
        NamedNodes = NodesByName(_affinity);
    }

    public const string NodeNameField = "metadata.name";

    public IReadOnlyList<HostPortClaim> Claims { get; }

    public IReadOnlyList<Toleration> Tolerations { get; }

    /// <summary>The only nodes that are looked at, when every term of the affinity gives names (the scheduler's
    /// PreFilter of NodeAffinity); null for all.</summary>
    public IReadOnlySet<string>? NamedNodes { get; }

    /// <summary>Whether nodeSelector and required affinity allow a node.</summary>
    public bool Selects(Node node)
    {
        foreach ((string key, Located<string> wanted) in _spec.NodeSelector)
        {
            if (Label(node, key) != wanted.Value)
            {
                return false;
            }
        }

        return _affinity is null || _affinity.Any(term => Matches(term, node));
    }

    private static bool Matches(NodeSelectorTerm term, Node node) =>
        term.Labels.Count + term.Fields.Count > 0
        && term.Labels.All(wanted => wanted.Matches(Label(node, wanted.Key)))
        && term.Fields.All(wanted => wanted.Key == NodeNameField && wanted.Matches(node.Metadata.Name.Value));

    private static string? Label(Node node, string key) =>
        node.Metadata.Labels.TryGetValue(key, out Located<string> label) ? label.Value : null;

    private static HashSet<string>? NodesByName(IReadOnlyList<NodeSelectorTerm>? terms)
    {
        if (terms is null or [])
        {
            return null;
        }

        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (NodeSelectorTerm term in terms)
        {
            HashSet<string>? ofTerm = null;
            foreach (SelectorRequirement field in term.Fields)
            {
                if (field is { Key: NodeNameField, Operator: "In" })
                {
                    ofTerm ??= new(field.Values, StringComparer.Ordinal);
                    ofTerm.IntersectWith(field.Values);
                }
            }

            if (ofTerm is null)
            {
                return null;
            }

            names.UnionWith(ofTerm);
        }

        return names;
    }
}
