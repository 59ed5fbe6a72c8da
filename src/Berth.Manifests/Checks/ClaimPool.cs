namespace Berth.Manifests;

/// <summary>Claims of one protocol and port, asked for one that another collides with.</summary>
internal sealed class ClaimPool(CandidateNodes nodes)
{
    private readonly Dictionary<((string, string) Nodes, string HostIP), ClaimGroup> _groups = [];
    private readonly ClaimGroups _all = new();
    private readonly Dictionary<string, ClaimGroups> _byAddress = new(StringComparer.Ordinal);

    public void Add(Claimant claimant)
    {
        string address = claimant.Claim.Claim.HostIP;
        ((string, string), string) key = (nodes.KeyOf(claimant.Workload), address);
        if (_groups.TryGetValue(key, out ClaimGroup? known))
        {
            known.Add(claimant);
            return;
        }

        ClaimGroup group = new(claimant);
        _groups.Add(key, group);
        _all.Add(group);
        if (!_byAddress.TryGetValue(address, out ClaimGroups? groups))
        {
            _byAddress.Add(address, groups = new ClaimGroups());
        }

        groups.Add(group);
    }

    /// <summary>A claim of another object, which one node cannot serve together with this one.</summary>
    public Claimant? InTheWayOf(Claimant claimant)
    {
        string address = claimant.Claim.Claim.HostIP;
        return address == HostPortClaim.AnyAddress ? Among(_all, claimant)
            : Among(_byAddress.GetValueOrDefault(address), claimant)
                ?? Among(_byAddress.GetValueOrDefault(HostPortClaim.AnyAddress), claimant);
    }

    private Claimant? Among(ClaimGroups? groups, Claimant claimant)
    {
        foreach (ClaimGroup group in groups?.Near(claimant.Constraint) ?? [])
        {
            if (group.OtherThan(claimant) is Claimant other && nodes.CanMeet(claimant.Workload, other.Workload))
            {
                return other;
            }
        }

        return null;
    }
}
