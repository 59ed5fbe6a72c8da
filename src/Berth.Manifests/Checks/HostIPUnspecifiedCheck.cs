namespace Berth.Manifests;

/// <summary>A hostIP that says what is so without it.</summary>
internal sealed class HostIPUnspecifiedCheck() : HostIPCheck(new CheckPage
{
    Id = "host-ip-unspecified",
    Severity = FindingSeverity.Note,
    Reason = "hostIP 0.0.0.0 is what no hostIP means, but for IPv6.",
    Remedy = "Remove the hostIP.",
    Explanation = """
        To the scheduler `0.0.0.0` and no hostIP are the same: all addresses. To the plugin that maps the port it is an IPv4
        address, so that on IPv6 nothing answers. And the API server compares texts: it does not see that the same port without a
        hostIP is a duplicate. For `::` see [ipv6-host-ip](#ipv6-host-ip).
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
                  hostPort: 8080
                  hostIP: 0.0.0.0
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
        """,
})
{
    private protected override (string Message, FindingSeverity Severity)? Trap(WorkloadClaim claim, string written) =>
        claim.IsSocket || written != HostPortClaim.AnyAddress ? null
        : ("hostIP 0.0.0.0 means to the scheduler what no hostIP means, but leaves IPv6 out where ports are mapped", FindingSeverity.Note);
}
