namespace Berth.Manifests;

/// <summary>More pods with a port of the node than nodes.</summary>
internal sealed class ReplicasExceedNodesCheck() : LintCheck(new CheckPage
{
    Id = "replicas-exceed-nodes",
    Severity = FindingSeverity.Error,
    Reason = "More replicas with a hostPort than nodes that can take them.",
    Remedy = "Lower the replicas to the number of nodes, use a DaemonSet, or drop the hostPort and use a Service.",
    Explanation = """
        A node takes one pod of a workload that claims one of its ports. With more replicas than nodes the rest stays Pending for
        ever: `node(s) didn't have free ports for the requested pod ports`.

        The nodes must be known: `--nodes N` or `--nodes FILE`, or Nodes among the manifests; those that `nodeSelector`, affinity or
        taints rule out do not count. Where `nodeName` or a selector for names says which nodes there are, these are counted.
        """,
    ExampleOptions = ["--nodes", "2"],
    Failing = """
        apiVersion: apps/v1
        kind: Deployment
        metadata:
          name: relay
        spec:
          replicas: 3
          strategy: {type: Recreate}
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
          strategy: {type: Recreate}
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
            if (workload.Kind is not (WorkloadKind.DaemonSet or WorkloadKind.Pod) && context.FirstClaim(workload) is HostPortClaim claim
                && context.Nodes.Most(workload) is int nodes && workload.DesiredPods > nodes)
            {
                yield return Found(
                    workload,
                    workload.Replicas?.At ?? claim.At,
                    $"{claim}",
                    $"{workload.DesiredPods} pods claim {claim}, but {(nodes == 1 ? "1 node" : $"{nodes} nodes")} can take them: "
                    + $"{workload.DesiredPods - nodes} will never be scheduled");
            }
        }
    }
}
