namespace Berth.Manifests;

/// <summary>
/// The objects that claim one protocol and port, asked for the first that a further one collides with. They are grouped by
/// what they demand of nodes, and those that name a node by it, so that the cost does not grow with the square of their
/// number: of a group two are enough, for all others would collide in the same way.
/// </summary>
internal sealed class PortClaimants(CandidateNodes nodes)
{
    private readonly Dictionary<((string, string) Nodes, string HostIP, bool IsDaemonSet), Group> _free = [];
    private readonly Dictionary<string, List<WorkloadClaim>> _pinned = new(StringComparer.Ordinal);
    private readonly List<WorkloadClaim> _firstOfNode = [];

    /// <summary>Keeps a claim for later ones.</summary>
    public void Add(WorkloadClaim claim)
    {
        if (claim.Workload.Template.Spec.NodeName is Located<string> node)
        {
            if (!_pinned.TryGetValue(node.Value, out List<WorkloadClaim>? there))
            {
                _pinned.Add(node.Value, there = []);
                _firstOfNode.Add(claim);
            }

            there.Add(claim);
            return;
        }

        ((string, string), string, bool) key =
            (nodes.KeyOf(claim.Workload), claim.Claim.HostIP, claim.Workload.Kind == WorkloadKind.DaemonSet);
        if (!_free.TryGetValue(key, out Group? group))
        {
            _free.Add(key, group = new Group());
        }

        group.Add(claim);
    }

    /// <summary>A claim that was kept, of another object, which one node cannot serve together with this one.</summary>
    public WorkloadClaim? FirstInTheWayOf(WorkloadClaim claim)
    {
        foreach (WorkloadClaim other in Candidates(claim))
        {
            if (claim.Claim.ConflictsWith(other.Claim) && !IsSame(claim, other) && nodes.CanMeet(claim.Workload, other.Workload))
            {
                return other;
            }
        }

        return null;
    }

    private IEnumerable<WorkloadClaim> Candidates(WorkloadClaim claim)
    {
        string? node = claim.Workload.Template.Spec.NodeName?.Value;
        List<WorkloadClaim>? there = node is null ? _firstOfNode : _pinned.GetValueOrDefault(node);
        return _free.Values.SelectMany(static group => group.Claims).Concat(there ?? []);
    }

    private static bool IsSame(WorkloadClaim one, WorkloadClaim two) =>
        OwnerKey.OfMaker(one.Workload) == OwnerKey.OfMaker(two.Workload);

    // The first claim, and the first of another object: one of them is another object than any that asks.
    private sealed class Group
    {
        public List<WorkloadClaim> Claims { get; } = [];

        public void Add(WorkloadClaim claim)
        {
            if (Claims.Count == 0 || (Claims.Count == 1 && !IsSame(Claims[0], claim)))
            {
                Claims.Add(claim);
            }
        }
    }
}
