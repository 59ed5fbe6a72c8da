namespace Berth.Manifests;

/// <summary>A DNS policy that hostNetwork undoes.</summary>
internal sealed class HostNetworkDnsPolicyCheck() : HostNetworkCheck(new CheckPage
{
    Id = "host-network-dns-policy",
    Severity = FindingSeverity.Warning,
    Reason = "hostNetwork with dnsPolicy ClusterFirst: cluster names are not resolved.",
    Remedy = "Set `dnsPolicy: ClusterFirstWithHostNet`, or `Default` where no cluster name is looked up.",
    Explanation = """
        With `hostNetwork` the kubelet treats `ClusterFirst` as `Default`: the pod asks the node's resolvers, which do not know
        Services. Whoever writes `ClusterFirst` wants the opposite. Where nothing is written (`ClusterFirst` is the default) it is a
        *note*.
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
              dnsPolicy: ClusterFirst
              hostPID: true
              containers:
              - name: web
                image: nginx
                securityContext:
                  capabilities:
                    drop: [ALL]
                ports:
                - containerPort: 8080
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
        """,
})
{
    private protected override IEnumerable<Finding> Run(LintContext context, Workload workload, Location at)
    {
        Located<string>? policy = workload.Template.Spec.DnsPolicy;
        if (policy is null or { Value: "ClusterFirst" })
        {
            yield return Found(
                workload,
                policy?.At ?? at,
                "dnsPolicy",
                $"dnsPolicy ClusterFirst{(policy is null ? ", the default," : "")} is Default with hostNetwork: names of Services are not "
                + "resolved")
                with
            { Severity = policy is null ? FindingSeverity.Note : FindingSeverity.Warning };
        }
    }
}
