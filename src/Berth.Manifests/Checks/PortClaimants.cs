namespace Berth.Manifests;

/// <summary>
/// All claims of one protocol and port. Of a claim that collides with many the strongest collision is reported, once: every
/// object that must collide with another is in a finding, and there are no more findings than claims. What annotations
/// suppress never stands for what they do not.
/// </summary>
internal sealed class PortClaimants
{
    private readonly List<Claimant> _claimants = [];
    private readonly Pools _reporting;
    private readonly Pools _ignoring;

    /// <param name="claims">The claims, in the order in which they were read.</param>
    /// <param name="nodes">Which nodes take whose pods.</param>
    /// <param name="isIgnoring">Whether an object ignores collisions.</param>
    public PortClaimants(IReadOnlyList<WorkloadClaim> claims, CandidateNodes nodes, Func<Workload, bool> isIgnoring)
    {
        _reporting = new Pools(nodes);
        _ignoring = new Pools(nodes);
        foreach (WorkloadClaim claim in claims)
        {
            Claimant claimant = new(claim, nodes.ConstraintOf(claim.Workload), _claimants.Count, isIgnoring(claim.Workload));
            _claimants.Add(claimant);
            (claimant.IsIgnoring ? _ignoring : _reporting).Add(claimant);
        }
    }

    /// <summary>The collisions: where one is to be reported, and with whom.</summary>
    public IEnumerable<(WorkloadClaim Claim, WorkloadClaim Other, bool MustHappen)> Collisions()
    {
        foreach (Claimant claimant in _claimants)
        {
            if (Strongest(claimant) is not (Claimant other, CollisionRank rank))
            {
                continue;
            }

            // At the one that was read later, unless much is said of that already.
            bool atOther = other.Place > claimant.Place && other.Reported < rank;
            claimant.Reported = rank;
            other.Reported = (CollisionRank)Math.Max((int)other.Reported, (int)rank);
            bool mustHappen = rank is CollisionRank.Error or CollisionRank.IgnoredError;
            yield return atOther ? (other.Claim, claimant.Claim, mustHappen) : (claimant.Claim, other.Claim, mustHappen);
        }
    }

    // Null when nothing is stronger than what was reported of it.
    private (Claimant Other, CollisionRank Rank)? Strongest(Claimant claimant)
    {
        for (CollisionRank rank = CollisionRank.Error; rank > claimant.Reported; rank--)
        {
            if (Find(claimant, rank) is Claimant other)
            {
                return (other, rank);
            }
        }

        return null;
    }

    private Claimant? Find(Claimant claimant, CollisionRank rank)
    {
        bool mustHappen = rank is CollisionRank.Error or CollisionRank.IgnoredError;
        if (rank is CollisionRank.Error or CollisionRank.Warning)
        {
            return claimant.IsIgnoring ? null : _reporting.InTheWayOf(claimant, mustHappen);
        }

        return _ignoring.InTheWayOf(claimant, mustHappen)
            ?? (claimant.IsIgnoring ? _reporting.InTheWayOf(claimant, mustHappen) : null);
    }

    // Where a DaemonSet is one of the two, or both name the same node, they meet; all others can avoid each other.
    private sealed class Pools(CandidateNodes nodes)
    {
        private readonly ClaimPool _daemons = new(nodes);
        private readonly ClaimPool _others = new(nodes);
        private readonly Dictionary<string, ClaimPool> _byNodeName = new(StringComparer.Ordinal);

        public void Add(Claimant claimant)
        {
            (claimant.IsDaemon ? _daemons : _others).Add(claimant);
            if (!claimant.IsDaemon && claimant.Constraint.NodeName is string node)
            {
                if (!_byNodeName.TryGetValue(node, out ClaimPool? there))
                {
                    _byNodeName.Add(node, there = new ClaimPool(nodes));
                }

                there.Add(claimant);
            }
        }

        public Claimant? InTheWayOf(Claimant claimant, bool mustHappen)
        {
            if (!mustHappen)
            {
                return claimant.IsDaemon ? null : _others.InTheWayOf(claimant);
            }

            return _daemons.InTheWayOf(claimant)
                ?? (claimant.IsDaemon ? _others.InTheWayOf(claimant)
                : claimant.Constraint.NodeName is string node ? _byNodeName.GetValueOrDefault(node)?.InTheWayOf(claimant)
                : null);
        }
    }
}
