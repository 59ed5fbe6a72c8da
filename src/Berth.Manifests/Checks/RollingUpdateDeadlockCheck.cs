namespace Berth.Manifests;

/// <summary>A rolling update that waits for a port which it holds itself.</summary>
internal sealed class RollingUpdateDeadlockCheck() : LintCheck(new CheckPage
{
    Id = "rolling-update-deadlock",
    Severity = FindingSeverity.Warning,
    Reason = "A rolling update that needs a free node for each new pod with a hostPort.",
    Remedy = "Set maxUnavailable to 1 or more (with maxSurge 0), or the strategy to Recreate.",
    Explanation = """
        A rolling update with `maxUnavailable: 0` keeps every old pod until a new one runs. The new pod claims the port that the old
        one has, so it needs a node without one. A cluster that has a pod on every node has none, and the update never finishes.
        25%, the default, is rounded down: of fewer than four replicas it is 0.

        It is an *error* when the nodes are known (`--nodes`, or Nodes among the manifests) and are as many as the replicas, and
        silent when they are more. When they are fewer, [replicas-exceed-nodes](#replicas-exceed-nodes) comes first. In a DaemonSet `maxSurge` above 0 is always an *error*: the new pod is for the same node.
        """,
    Failing = """
        apiVersion: apps/v1
        kind: Deployment
        metadata:
          name: relay
        spec:
          replicas: 2
          strategy:
            rollingUpdate: {maxSurge: 1, maxUnavailable: 0}
          selector: {matchLabels: {app: relay}}
          template:
            metadata: {labels: {app: relay}}
            spec:
              nodeSelector: {kubernetes.io/os: linux}
              containers:
              - name: relay
                image: relay
                ports:
                - containerPort: 1935
                  hostPort: 1935
        """,
    Passing = """
        apiVersion: apps/v1
        kind: Deployment
        metadata:
          name: relay
        spec:
          replicas: 2
          strategy:
            rollingUpdate: {maxSurge: 0, maxUnavailable: 1}
          selector: {matchLabels: {app: relay}}
          template:
            metadata: {labels: {app: relay}}
            spec:
              nodeSelector: {kubernetes.io/os: linux}
              containers:
              - name: relay
                image: relay
                ports:
                - containerPort: 1935
                  hostPort: 1935
        """,
})
{
    internal override IEnumerable<Finding> Run(LintContext context)
    {
        foreach (Workload workload in context.Workloads)
        {
            if (workload.Strategy is { IsRolling: false } || context.FirstClaim(workload) is not HostPortClaim claim)
            {
                continue;
            }

            Finding? found = workload.Kind switch
            {
                WorkloadKind.Deployment => OfDeployment(context, workload, claim),
                WorkloadKind.DaemonSet when workload.Strategy?.MaxSurge is { Value.Value: > 0 } surge => Found(
                    workload,
                    surge.At,
                    $"{claim}",
                    $"maxSurge {surge.Value} starts the new pod beside the old one, which holds {claim} of the same node: the update "
                    + "never finishes")
                    with
                { Severity = FindingSeverity.Error, Remedy = "Set maxSurge to 0, and maxUnavailable to 1 or more." },
                _ => null,
            };
            if (found is not null)
            {
                yield return found;
            }
        }
    }

    private Finding? OfDeployment(LintContext context, Workload workload, HostPortClaim claim)
    {
        RollingUpdate update = RollingUpdate.Of(workload);
        if (!update.KeepsAll || workload.DesiredPods == 0)
        {
            return null;
        }

        // More nodes than pods leave one free; with fewer not even the old pods all run, which replicas-exceed-nodes says.
        int? nodes = context.Nodes.Most(workload);
        if (nodes is not null && nodes != workload.DesiredPods)
        {
            return null;
        }

        string rounded = update.MaxUnavailable is { IsPercent: true } share ? $" ({share} of {workload.DesiredPods})" : "";
        int pods = workload.DesiredPods;
        string needs = (nodes, pods) switch
        {
            (null, 1) => $"the new pod needs a node beside the one where {claim} is held",
            (null, _) => $"the new pod needs one node more than the {pods} that hold {claim}",
            (_, 1) => $"the new pod needs {claim} free, and the old one holds it on the only node",
            _ => $"the new pod needs a node with {claim} free, and the {pods} old ones hold it on all {pods}",
        };
        return Found(
            workload,
            workload.Strategy?.MaxUnavailable?.At ?? workload.Strategy?.At ?? workload.Metadata.At,
            $"{claim}",
            $"maxUnavailable 0{rounded} keeps all old pods until a new one runs: {needs}")
            with
        { Severity = nodes is null ? FindingSeverity.Warning : FindingSeverity.Error };
    }
}
