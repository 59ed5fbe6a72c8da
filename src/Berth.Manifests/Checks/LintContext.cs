namespace Berth.Manifests;

/// <summary>What the checks look at, computed once for all of them.</summary>
internal sealed class LintContext
{
    private readonly Dictionary<Workload, HostPortClaim> _firstClaims = new(ReferenceEqualityComparer.Instance);

    public LintContext(ManifestSet manifests, LintAssumptions assumptions)
    {
        // Nodes among the manifests are the cluster's, unless it is said what the cluster has.
        Assumptions = assumptions is { Nodes: null, NodeCount: null } && manifests.Nodes.Any()
            ? assumptions with { Nodes = [.. manifests.Nodes] }
            : assumptions;
        Nodes = new CandidateNodes(Assumptions.Nodes, Assumptions.NodeCount);
        Objects = manifests.Objects;
        Services = [.. manifests.Services];
        NetworkPolicies = new PoliciesByLabel(manifests.NetworkPolicies);
        HashSet<OwnerKey> present = [.. manifests.Workloads.Select(OwnerKey.Of)];
        Workloads = [.. manifests.Workloads.Where(workload => !IsOfAnother(workload, present) && !HasEnded(workload))];
        foreach (Workload workload in Workloads)
        {
            foreach (HostPortClaim claim in HostPortClaim.Of(workload.Template.Spec))
            {
                Claims.Add(new WorkloadClaim(workload, claim));
                _firstClaims.TryAdd(workload, claim);
            }
        }
    }

    public LintAssumptions Assumptions { get; }

    /// <summary>Which nodes take whose pods.</summary>
    public CandidateNodes Nodes { get; }

    public IReadOnlyList<KubernetesObject> Objects { get; }

    /// <summary>What makes pods, without what another of them makes: of a cluster's Deployment, ReplicaSet and Pods the
    /// Deployment alone. Nor pods that have ended.</summary>
    public IReadOnlyList<Workload> Workloads { get; }

    public IReadOnlyList<Service> Services { get; }

    public PoliciesByLabel NetworkPolicies { get; }

    /// <summary>All claims of <see cref="Workloads"/>, in their order.</summary>
    public List<WorkloadClaim> Claims { get; } = [];

    /// <summary>The first port that the pods of a workload claim; null when they claim none.</summary>
    public HostPortClaim? FirstClaim(Workload workload) => _firstClaims.GetValueOrDefault(workload);

    private static bool IsOfAnother(Workload workload, HashSet<OwnerKey> present) =>
        workload.Metadata.Controller is OwnerReference owner
        && present.Contains(new OwnerKey(owner.Kind, workload.Metadata.Namespace, owner.Name));

    private static bool HasEnded(Workload workload) => workload.Phase is "Succeeded" or "Failed";
}
