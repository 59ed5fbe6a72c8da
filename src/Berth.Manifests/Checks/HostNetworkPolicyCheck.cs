namespace Berth.Manifests;

/// <summary>A NetworkPolicy for pods that have no network of their own.</summary>
internal sealed class HostNetworkPolicyCheck() : HostNetworkCheck(new CheckPage
{
    Id = "host-network-policy",
    Severity = FindingSeverity.Warning,
    Reason = "A NetworkPolicy selects a hostNetwork pod, and has no effect on it.",
    Remedy = "Protect the node's port with the node's firewall, or drop hostNetwork; exclude the pod from the policy.",
    Explanation = """
        The API leaves open what a NetworkPolicy means for pods with `hostNetwork`. In practice it means nothing: their packets have
        the node's address and cannot be told from the node's own, so that network providers ignore such pods, as subjects of a
        policy and as peers. The policy looks as if it protected the port; it does not.
        """,
    Failing = """
        apiVersion: apps/v1
        kind: DaemonSet
        metadata:
          name: web
        spec:
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec:
              hostNetwork: true
              dnsPolicy: ClusterFirstWithHostNet
              hostPID: true
              containers:
              - name: web
                image: nginx
                securityContext:
                  capabilities:
                    drop: [ALL]
                ports:
                - containerPort: 8080
        ---
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata:
          name: web
        spec:
          podSelector: {matchLabels: {app: web}}
          policyTypes: [Ingress]
        """,
    Passing = """
        apiVersion: apps/v1
        kind: DaemonSet
        metadata:
          name: web
        spec:
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec:
              hostNetwork: true
              dnsPolicy: ClusterFirstWithHostNet
              hostPID: true
              containers:
              - name: web
                image: nginx
                securityContext:
                  capabilities:
                    drop: [ALL]
                ports:
                - containerPort: 8080
        ---
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata:
          name: web
        spec:
          podSelector: {matchLabels: {app: shop}}
          policyTypes: [Ingress]
        """,
})
{
    private protected override IEnumerable<Finding> Run(LintContext context, Workload workload, Location at) =>
        from policy in context.NetworkPolicies.Selecting(workload.Metadata.Namespace, workload.Template.Labels)
        select Found(
            workload,
            at,
            policy.ToString(),
            $"{policy} ({policy.PodSelector.At}) selects the pod, and has no effect on it because of hostNetwork")
            with
        { Related = [new RelatedObject(policy, policy.PodSelector.At, "selects it")] };
}
