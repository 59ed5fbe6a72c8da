namespace Berth.Manifests;

/// <summary>
/// Which nodes take the pods of a workload, ports apart: those that the scheduler's filters leave when the nodes are known,
/// and otherwise what nodeName, nodeSelector and node affinity say by themselves.
/// </summary>
/// <param name="nodes">The nodes; null when they are not known.</param>
/// <param name="count">How many there are at most; null when that is not known either.</param>
internal sealed class CandidateNodes(IReadOnlyList<Node>? nodes, int? count)
{
    private readonly Dictionary<Workload, NodeConstraint> _constraints = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<(string Constraint, string Tolerations), HashSet<int>> _fitting = [];
    private readonly List<NodeState>? _nodes = nodes is null ? null : [.. nodes.Select(static node => new NodeState(node))];

    /// <summary>What the pods of a workload demand of nodes.</summary>
    public NodeConstraint ConstraintOf(Workload workload)
    {
        if (!_constraints.TryGetValue(workload, out NodeConstraint? constraint))
        {
            _constraints.Add(workload, constraint = NodeConstraint.Of(workload.Template.Spec));
        }

        return constraint;
    }

    /// <summary>What tells workloads apart as far as nodes are concerned.</summary>
    public (string Constraint, string Tolerations) KeyOf(Workload workload) => (
        ConstraintOf(workload).Text,
        _nodes is null ? "" : $"{workload.Kind == WorkloadKind.DaemonSet} {workload.Template.Spec.IsHostNetwork} "
            + string.Join(';', workload.Template.Spec.Tolerations));

    /// <summary>Whether pods of both can be on one node.</summary>
    public bool CanMeet(Workload one, Workload two) =>
        ConstraintOf(one).CanMeet(ConstraintOf(two))
        && (Fitting(one) is not HashSet<int> ofOne || Fitting(two) is not HashSet<int> ofTwo || ofOne.Overlaps(ofTwo));

    /// <summary>How many nodes can take pods of a workload, at most; null when nothing is known.</summary>
    public int? Most(Workload workload)
    {
        if (workload.Template.Spec.NodeName is not null)
        {
            return 1;
        }

        int? most = Fitting(workload)?.Count ?? count;
        return ConstraintOf(workload).MostNodes is int named && (most is null || named < most) ? named : most;
    }

    // With nodeName the scheduler and its taints are bypassed.
    private HashSet<int>? Fitting(Workload workload)
    {
        if (_nodes is null || workload.Template.Spec.NodeName is not null)
        {
            return null;
        }

        (string, string) key = KeyOf(workload);
        if (!_fitting.TryGetValue(key, out HashSet<int>? fitting))
        {
            PodToPlace pod = new(workload.Template.Spec, isDaemon: workload.Kind == WorkloadKind.DaemonSet);
            fitting = [.. Enumerable.Range(0, _nodes.Count).Where(index => _nodes[index].Refuses(pod) is null)];
            _fitting.Add(key, fitting);
        }

        return fitting;
    }
}
