namespace Berth.Manifests;

/// <summary>Two objects that cannot share a node because of a port.</summary>
internal sealed class HostPortCollisionCheck() : LintCheck(new CheckPage
{
    Id = "host-port-collision",
    Severity = FindingSeverity.Error,
    Reason = "Two objects that can land on one node claim the same port of it.",
    Remedy = "Give one of them another port, or keep them apart with node selectors.",
    Explanation = """
        Two pods that claim the same (hostIP, protocol, port) never share a node: the scheduler leaves the second Pending and
        names neither the port nor its holder. No hostIP is `0.0.0.0`, which conflicts with every address; other addresses
        conflict when they are the same text. With `hostNetwork` every containerPort is claimed, in templates too, although
        there the API server does not show it. Counted are containers and sidecars (init containers that always restart).

        It is an *error* where it must happen: one of the two is a DaemonSet, or both name the same node in `nodeName`, which
        bypasses the scheduler, so that the kubelet fails the second pod and each that replaces it. It is a *warning* where it
        happens only when the cluster is too small or too full to keep them apart.

        It is silent where no node can take both: `nodeName`, `nodeSelector` and required node affinity contradict each
        other (`kubernetes.io/hostname` is taken for the node's name), or, when the nodes are given (`--nodes`, or Nodes among
        the manifests), none of them has the labels or lacks the taints. The same object in several files is one object.
        """,
    Failing = """
        apiVersion: apps/v1
        kind: DaemonSet
        metadata:
          name: ingress
        spec:
          selector: {matchLabels: {app: ingress}}
          template:
            metadata: {labels: {app: ingress}}
            spec:
              containers:
              - name: controller
                image: ingress
                ports:
                - containerPort: 8080
                  hostPort: 80
        ---
        apiVersion: apps/v1
        kind: DaemonSet
        metadata:
          name: cache
        spec:
          selector: {matchLabels: {app: cache}}
          template:
            metadata: {labels: {app: cache}}
            spec:
              containers:
              - name: cache
                image: varnish
                ports:
                - containerPort: 6081
                  hostPort: 80
                  hostIP: 192.0.2.10
        """,
    Passing = """
        apiVersion: apps/v1
        kind: DaemonSet
        metadata:
          name: ingress
        spec:
          selector: {matchLabels: {app: ingress}}
          template:
            metadata: {labels: {app: ingress}}
            spec:
              nodeSelector: {role: edge}
              containers:
              - name: controller
                image: ingress
                ports:
                - containerPort: 8080
                  hostPort: 80
        ---
        apiVersion: apps/v1
        kind: DaemonSet
        metadata:
          name: cache
        spec:
          selector: {matchLabels: {app: cache}}
          template:
            metadata: {labels: {app: cache}}
            spec:
              nodeSelector: {role: cache}
              containers:
              - name: cache
                image: varnish
                ports:
                - containerPort: 6081
                  hostPort: 80
                  hostIP: 192.0.2.10
        """,
})
{
    internal override IEnumerable<Finding> Run(LintContext context)
    {
        Dictionary<(string, int), PortClaimants> ports = [];
        foreach (WorkloadClaim claim in context.Claims)
        {
            // What is scaled to nothing claims nothing.
            if (claim.Workload.Kind != WorkloadKind.DaemonSet && claim.Workload.DesiredPods == 0)
            {
                continue;
            }

            (string, int) key = (claim.Claim.Protocol, claim.Claim.Port);
            if (!ports.TryGetValue(key, out PortClaimants? claimants))
            {
                ports.Add(key, claimants = new PortClaimants(context.Nodes));
            }

            if (claimants.FirstInTheWayOf(claim) is WorkloadClaim other)
            {
                yield return Collision(claim, other);
            }

            claimants.Add(claim);
        }
    }

    private Finding Collision(WorkloadClaim claim, WorkloadClaim other)
    {
        string? node = claim.Workload.Template.Spec.NodeName?.Value;
        bool forced = node is not null && node == other.Workload.Template.Spec.NodeName?.Value;
        bool daemons = claim.Workload.Kind == WorkloadKind.DaemonSet || other.Workload.Kind == WorkloadKind.DaemonSet;
        string consequence = forced ? $"both name node {node}, whose kubelet fails the second pod (reason NodePorts), again and again"
            : daemons ? "where they meet on a node, the second stays Pending"
            : "no node can take both, so one stays Pending when there are too few";
        return new Finding(
            this,
            forced || daemons ? FindingSeverity.Error : FindingSeverity.Warning,
            claim.Workload,
            claim.Claim.At,
            $"{claim.Claim}, {other.Workload}",
            $"{claim.Title} is claimed by {other.Workload} too ({other.Title}, {other.Claim.At}): {consequence}")
        {
            Related = [new RelatedObject(other.Workload, other.Claim.At, $"claims {other.Claim} too")],
        };
    }
}
