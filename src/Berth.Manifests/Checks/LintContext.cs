namespace Berth.Manifests;

/// <summary>What the checks look at, computed once for all of them.</summary>
internal sealed class LintContext
{
    private readonly Dictionary<Workload, NodeConstraint> _constraints = new(ReferenceEqualityComparer.Instance);

    public LintContext(ManifestSet manifests, LintAssumptions assumptions)
    {
        Assumptions = assumptions.Nodes is null && manifests.Nodes.Any()
            ? assumptions with { Nodes = [.. manifests.Nodes] }
            : assumptions;
        Objects = manifests.Objects;
        Services = [.. manifests.Services];
        NetworkPolicies = [.. manifests.NetworkPolicies];
        HashSet<OwnerKey> present = [.. manifests.Workloads.Select(OwnerKey.Of)];
        Workloads = [.. manifests.Workloads.Where(workload => !IsOfAnother(workload, present) && !HasEnded(workload))];
        foreach (Workload workload in Workloads)
        {
            foreach (HostPortClaim claim in HostPortClaim.Of(workload.Template.Spec))
            {
                Claims.Add(new WorkloadClaim(workload, claim));
            }
        }
    }

    public LintAssumptions Assumptions { get; }

    public IReadOnlyList<KubernetesObject> Objects { get; }

    /// <summary>What makes pods, without what another of them makes: of a cluster's Deployment, ReplicaSet and Pods the
    /// Deployment alone. Nor pods that have ended.</summary>
    public IReadOnlyList<Workload> Workloads { get; }

    public IReadOnlyList<Service> Services { get; }

    public IReadOnlyList<NetworkPolicy> NetworkPolicies { get; }

    /// <summary>All claims of <see cref="Workloads"/>, in their order.</summary>
    public List<WorkloadClaim> Claims { get; } = [];

    /// <summary>What the pods of a workload demand of nodes.</summary>
    public NodeConstraint ConstraintOf(Workload workload)
    {
        if (!_constraints.TryGetValue(workload, out NodeConstraint? constraint))
        {
            _constraints.Add(workload, constraint = NodeConstraint.Of(workload.Template.Spec));
        }

        return constraint;
    }

    /// <summary>Whether pods of both can be on one node.</summary>
    public bool CanMeet(Workload one, Workload two) => ConstraintOf(one).CanMeet(ConstraintOf(two));

    private static bool IsOfAnother(Workload workload, HashSet<OwnerKey> present) =>
        workload.Metadata.Controller is OwnerReference owner
        && present.Contains(new OwnerKey(owner.Kind, workload.Metadata.Namespace, owner.Name));

    private static bool HasEnded(Workload workload) => workload.Phase is "Succeeded" or "Failed";
}
