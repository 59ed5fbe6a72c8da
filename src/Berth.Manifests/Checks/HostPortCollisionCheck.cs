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

        Of many objects that collide at one port each is in a finding, with the worst of those that it collides with. An
        annotation at one of two objects hides their collision, and no other.
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
        foreach (List<WorkloadClaim> claims in ClaimsByPort(context).Values)
        {
            if (claims.Count > 1)
            {
                PortClaimants claimants = new(
                    claims, context.Nodes, workload => IgnoreAnnotation.ReasonToIgnore(workload, Id) is not null);
                foreach ((WorkloadClaim claim, WorkloadClaim other, bool mustHappen) in claimants.Collisions())
                {
                    yield return Collision(claim, other, mustHappen);
                }
            }
        }
    }

    private static Dictionary<(string, int), List<WorkloadClaim>> ClaimsByPort(LintContext context)
    {
        Dictionary<(string, int), List<WorkloadClaim>> ports = [];
        foreach (WorkloadClaim claim in context.Claims)
        {
            // What is scaled to nothing claims nothing.
            if (claim.Workload.Kind == WorkloadKind.DaemonSet || claim.Workload.DesiredPods != 0)
            {
                (string, int) key = (claim.Claim.Protocol, claim.Claim.Port);
                if (!ports.TryGetValue(key, out List<WorkloadClaim>? claims))
                {
                    ports.Add(key, claims = []);
                }

                claims.Add(claim);
            }
        }

        return ports;
    }

    private Finding Collision(WorkloadClaim claim, WorkloadClaim other, bool mustHappen) => new(
        this,
        mustHappen ? FindingSeverity.Error : FindingSeverity.Warning,
        claim.Workload,
        claim.Claim.At,
        $"{claim.Claim}, {other.Workload}",
        $"{claim.Title} is claimed by {other.Workload} too ({other.Title}, {other.Claim.At}): "
        + Consequence(claim.Workload, other.Workload, mustHappen))
    {
        Related = [new RelatedObject(other.Workload, other.Claim.At, $"claims {other.Claim} too")],
    };

    private static string Consequence(Workload one, Workload two, bool mustHappen)
    {
        string? node = one.Template.Spec.NodeName?.Value;
        string? other = two.Template.Spec.NodeName?.Value;
        return node is not null && node == other
                ? $"both name node {node}, whose kubelet fails the second pod (reason NodePorts), again and again"
            : !mustHappen ? "no node can take both, so one stays Pending when there are too few"
            : (node ?? other) is string named
                ? $"on node {named} the second never runs: the kubelet fails the pod that names the node (reason NodePorts), the "
                + "other one stays Pending"
            : "where they meet on a node, the second stays Pending";
    }
}
