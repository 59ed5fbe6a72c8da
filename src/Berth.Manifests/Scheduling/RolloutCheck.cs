namespace Berth.Manifests;

/// <summary>Whether rolling updates would finish once everything runs. A new pod claims the ports that the old one has: where
/// the old one must not go first, it needs a node where they are free.</summary>
internal static class RolloutCheck
{
    public static IReadOnlyList<StuckRollout> Run(IReadOnlyList<NodeState> nodes, IReadOnlyList<FitPod> pods)
    {
        List<StuckRollout> stuck = [];
        foreach (IGrouping<Workload, FitPod> group in pods.GroupBy(static pod => pod.Owner, Comparer))
        {
            Workload workload = group.Key;
            // What does not even start is reported as such.
            if (HostPortClaim.Of(workload.Template.Spec).Count == 0
                || workload.Strategy is { IsRolling: false } || !group.All(static pod => pod.Fits))
            {
                continue;
            }

            StuckRollout? found = workload.Kind switch
            {
                WorkloadKind.Deployment => OfDeployment(workload, nodes),
                WorkloadKind.DaemonSet => OfDaemonSet(workload, group.Count(), nodes),
                _ => null,
            };
            if (found is not null)
            {
                stuck.Add(found);
            }
        }

        return stuck;
    }

    private static IEqualityComparer<Workload> Comparer => ReferenceEqualityComparer.Instance;

    private static StuckRollout? OfDeployment(Workload workload, IReadOnlyList<NodeState> nodes)
    {
        int replicas = workload.DesiredPods;
        RollingUpdate update = RollingUpdate.Of(workload);
        if (replicas == 0 || !update.KeepsAll)
        {
            return null;
        }

        // By nodeName there is one node, and its kubelet decides.
        PodToPlace pod = new(workload.Template.Spec);
        string? named = workload.Template.Spec.NodeName?.Value;
        IReadOnlyList<NodeState> candidates = named is null ? nodes : [.. nodes.Where(node => node.Name == named)];
        if (candidates.Any(node => named is null ? node.Refuses(pod) is null : node.Rejects(pod) is null))
        {
            return null;
        }

        CountOrPercent unavailable = update.MaxUnavailable;
        string rounded = unavailable.IsPercent ? $" of {replicas} is 0" : "";
        string wait = named is null ? "no node has the ports of a new one free" : $"nodeName puts the new one on {named}, where they have its ports";
        return new StuckRollout(
            workload,
            workload.Strategy?.At ?? workload.Metadata.At,
            $"maxUnavailable {unavailable}{rounded} keeps every old pod until a new one runs, and {wait}",
            "set strategy.rollingUpdate.maxUnavailable to 1, or strategy.type to Recreate"
                + (named is null ? ", or have one node more than replicas" : ""),
            [.. candidates.SelectMany(node => named is null ? InTheWay([node], pod) : node.InTheWayOf(pod.Claims))]);
    }

    private static StuckRollout? OfDaemonSet(Workload workload, int pods, IReadOnlyList<NodeState> nodes)
    {
        if (workload.Strategy?.MaxSurge is not Located<CountOrPercent> surge || surge.Value.Of(pods, roundUp: true) == 0)
        {
            return null;
        }

        return new StuckRollout(
            workload,
            surge.At,
            $"maxSurge {surge.Value} starts the new pod beside the old one on the same node, whose ports the old one holds",
            "set updateStrategy.rollingUpdate.maxSurge to 0 and maxUnavailable to 1 or more",
            InTheWay(nodes, new PodToPlace(workload.Template.Spec, isDaemon: true)));
    }

    private static List<HeldPort> InTheWay(IReadOnlyList<NodeState> nodes, PodToPlace pod) =>
        [.. nodes.Where(node => node.Refuses(pod) == SchedulerMessage.NoFreePorts).SelectMany(node => node.InTheWayOf(pod.Claims))];
}
