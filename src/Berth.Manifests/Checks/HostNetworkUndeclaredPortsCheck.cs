namespace Berth.Manifests;

/// <summary>A pod in the node's network that declares no port.</summary>
internal sealed class HostNetworkUndeclaredPortsCheck() : HostNetworkCheck(new CheckPage
{
    Id = "host-network-undeclared-ports",
    Severity = FindingSeverity.Warning,
    Reason = "A hostNetwork pod declares no port, so the scheduler knows of none.",
    Remedy = "Declare every port that the process listens on under `ports`.",
    Explanation = """
        With `hostNetwork` a process binds ports of the node, declared or not. The scheduler knows those that are declared: only then
        does it keep a second pod with the same port away, and this linter find the collision. Without, the second process fails with
        `address already in use` on the node, and restarts for ever.

        For an agent of the node (see [host-network-without-need](#host-network-without-need)) it is a *note*: many of them listen on
        nothing, or on the loopback address alone.
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
        PodSpec pod = workload.Template.Spec;
        if (pod.AllContainers.All(static container => container.Ports.Count == 0))
        {
            yield return Found(
                workload,
                at,
                "ports",
                "hostNetwork without any declared port: what it listens on is unknown to the scheduler")
                with
            { Severity = NodeAgent.IsOne(pod) ? FindingSeverity.Note : FindingSeverity.Warning };
        }
    }
}
