namespace Berth.Manifests;

/// <summary>A hostIP that means nothing.</summary>
internal sealed class HostIPWithoutHostPortCheck() : LintCheck(new CheckPage
{
    Id = "host-ip-without-host-port",
    Severity = FindingSeverity.Warning,
    Reason = "A hostIP without a hostPort has no effect.",
    Remedy = "Add the hostPort, or remove the hostIP.",
    Explanation = """
        A hostIP says on which address of the node a hostPort is reached. Without a hostPort there is nothing to reach, and the API
        server does not complain. With `hostNetwork` the containerPort is the hostPort, so that a hostIP means something.
        """,
    Failing = """
        apiVersion: apps/v1
        kind: DaemonSet
        metadata:
          name: agent
        spec:
          selector: {matchLabels: {app: agent}}
          template:
            metadata: {labels: {app: agent}}
            spec:
              containers:
              - name: agent
                image: agent
                ports:
                - containerPort: 8080
                  hostIP: 192.0.2.1
        """,
    Passing = """
        apiVersion: apps/v1
        kind: DaemonSet
        metadata:
          name: agent
        spec:
          selector: {matchLabels: {app: agent}}
          template:
            metadata: {labels: {app: agent}}
            spec:
              containers:
              - name: agent
                image: agent
                ports:
                - containerPort: 8080
                  hostPort: 8080
                  hostIP: 192.0.2.1
        """,
})
{
    internal override IEnumerable<Finding> Run(LintContext context) =>
        from workload in context.Workloads
        where !workload.Template.Spec.IsHostNetwork
        from container in workload.Template.Spec.AllContainers
        from port in container.Ports
        where port.HostIP is { Value.Length: > 0 } && port.HostPort is not { Value: not 0 }
        select Found(
            workload,
            port.HostIP!.Value.At,
            $"{container.Name} {port.HostIP.Value} {port.Port?.Value}",
            $"hostIP {port.HostIP.Value} without a hostPort has no effect");
}
