namespace Berth.Manifests;

/// <summary>A process that can read all of the node's traffic without being meant to.</summary>
internal sealed class HostNetworkNetRawCheck() : HostNetworkCheck(new CheckPage
{
    Id = "host-network-net-raw",
    Severity = FindingSeverity.Warning,
    Reason = "hostNetwork with NET_RAW kept: the process can capture the node's traffic.",
    Remedy = "Drop NET_RAW, or better ALL, under securityContext.capabilities; add it by name where it is needed.",
    Explanation = """
        Container runtimes leave NET_RAW to containers unless it is dropped. In a pod's own network that shows the pod's traffic; in
        the node's network it shows, and can forge, that of all pods and of the node itself.

        It is silent when NET_RAW or ALL is dropped, when NET_RAW is added by name, so that it is meant, and when a container is
        privileged or has NET_ADMIN or ALL: then dropping NET_RAW would gain nothing.
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
                    drop: [CHOWN]
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
    private protected override IEnumerable<Finding> Run(LintContext context, Workload workload, Location at) =>
        from container in workload.Template.Spec.AllContainers
        where KeepsNetRaw(container)
        select Found(
            workload,
            container.At,
            container.Name,
            $"container `{container.Name}` is in the node's network and keeps NET_RAW: it can capture all traffic of the node");

    private static bool KeepsNetRaw(Container container) =>
        container.Privileged is not { Value: true }
        && !container.DroppedCapabilities.Any(static name => IsCapability(name.Value, "NET_RAW", "ALL"))
        && !container.AddedCapabilities.Any(static name => IsCapability(name.Value, "NET_RAW", "NET_ADMIN", "ALL"));

    // Runtimes take both spellings, in any case.
    private static bool IsCapability(string name, params ReadOnlySpan<string> wanted)
    {
        string upper = name.ToUpperInvariant();
        return wanted.Contains(upper.StartsWith("CAP_", StringComparison.Ordinal) ? upper[4..] : upper);
    }
}
