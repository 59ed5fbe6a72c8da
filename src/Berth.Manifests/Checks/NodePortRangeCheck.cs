namespace Berth.Manifests;

/// <summary>A port of the node that Services are given from.</summary>
internal sealed class NodePortRangeCheck() : LintCheck(new CheckPage
{
    Id = "node-port-range",
    Severity = FindingSeverity.Warning,
    Reason = "A hostPort or hostNetwork port lies where the cluster takes NodePorts from.",
    Remedy = "Take a port outside the range (--node-port-range).",
    Explanation = """
        The API server gives Services of type NodePort and LoadBalancer a port out of a range, 30000-32767 by default, on
        every node. It does not know which of them pods claim, so any new Service may get this one. Then one of the two does
        not answer: which one depends on kube-proxy's mode and on the plugin that maps host ports (see
        [node-port-conflict](#node-port-conflict)).
        """,
    Failing = """
        apiVersion: apps/v1
        kind: DaemonSet
        metadata:
          name: proxy
        spec:
          selector: {matchLabels: {app: proxy}}
          template:
            metadata: {labels: {app: proxy}}
            spec:
              containers:
              - name: proxy
                image: envoyproxy/envoy
                ports:
                - containerPort: 8080
                  hostPort: 30080
        """,
    Passing = """
        apiVersion: apps/v1
        kind: DaemonSet
        metadata:
          name: proxy
        spec:
          selector: {matchLabels: {app: proxy}}
          template:
            metadata: {labels: {app: proxy}}
            spec:
              containers:
              - name: proxy
                image: envoyproxy/envoy
                ports:
                - containerPort: 8080
                  hostPort: 8080
        """,
})
{
    internal override IEnumerable<Finding> Run(LintContext context)
    {
        PortRange range = context.Assumptions.NodePorts;
        foreach (WorkloadClaim claim in context.Claims)
        {
            if (range.Contains(claim.Claim.Port))
            {
                yield return Found(
                    claim.Workload,
                    claim.Claim.At,
                    claim.Claim.ToString(),
                    $"{claim.Title} lies in the range {range} of NodePorts: any Service may be given it, and then one of the two "
                    + "does not answer");
            }
        }
    }
}
