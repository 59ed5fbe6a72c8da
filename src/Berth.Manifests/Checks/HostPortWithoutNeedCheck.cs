namespace Berth.Manifests;

/// <summary>A hostPort where a Service would do.</summary>
internal sealed class HostPortWithoutNeedCheck() : LintCheck(new CheckPage
{
    Id = "host-port-without-need",
    Severity = FindingSeverity.Warning,
    Reason = "A hostPort on a pod that may run on any node: nobody knows which address.",
    Remedy = "Use a Service: type NodePort or LoadBalancer from outside, ClusterIP within the cluster.",
    Explanation = """
        A hostPort is reached at the address of the node where the pod happens to run, which changes with every rescheduling. It
        makes sense for one pod a node (a DaemonSet), or where the node is chosen (`nodeSelector`, required node affinity,
        `nodeName`). Everywhere else it takes a port from the node, keeps other pods away, and its clients must look for it. A
        Service has one address, balances, and needs no port of the node.
        """,
    Failing = """
        apiVersion: apps/v1
        kind: Deployment
        metadata:
          name: web
        spec:
          strategy: {type: Recreate}
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec:
              containers:
              - name: web
                image: nginx
                ports:
                - containerPort: 8080
                  hostPort: 8080
        """,
    Passing = """
        apiVersion: apps/v1
        kind: Deployment
        metadata:
          name: web
        spec:
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec:
              containers:
              - name: web
                image: nginx
                ports:
                - containerPort: 8080
        ---
        apiVersion: v1
        kind: Service
        metadata:
          name: web
        spec:
          type: NodePort
          selector: {app: web}
          ports:
          - port: 8080
        """,
})
{
    internal override IEnumerable<Finding> Run(LintContext context)
    {
        foreach (Workload workload in context.Workloads)
        {
            if (workload.Kind != WorkloadKind.DaemonSet && !workload.Template.Spec.IsHostNetwork
                && context.Nodes.ConstraintOf(workload).IsEmpty && context.FirstClaim(workload) is HostPortClaim claim)
            {
                yield return Found(
                    workload,
                    claim.At,
                    claim.ToString(),
                    $"hostPort {claim} is reached at the address of whichever node the pod is on, which nothing determines");
            }
        }
    }
}
