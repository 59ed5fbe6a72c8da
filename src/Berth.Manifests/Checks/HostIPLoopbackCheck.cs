using System.Net;
using System.Net.Sockets;

namespace Berth.Manifests;

/// <summary>A hostPort on an address that only the node itself has.</summary>
internal sealed class HostIPLoopbackCheck() : HostIPCheck(new CheckPage
{
    Id = "host-ip-loopback",
    Severity = FindingSeverity.Warning,
    Reason = "A hostPort on a loopback address is reached from the node alone.",
    Remedy = "Remove the hostIP if others are to reach it; if the node alone is, a Service's ClusterIP does that too.",
    Explanation = """
        Nothing from outside ever arrives at 127.0.0.1. Processes of the node reach the pod there only because the plugin lets the
        kernel route 127.0.0.0/8 (`route_localnet`), which has security advisories of its own, and rewrites the source. Other pods
        do not reach it: their 127.0.0.1 is their own.

        `::1` is an *error*: the kernel has no `route_localnet` for IPv6, so that it never works. With `hostNetwork` a loopback
        hostIP only states where the process listens, and the check is silent.
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
                - containerPort: 8126
                  hostPort: 8126
                  hostIP: 127.0.0.1
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
                - containerPort: 8126
                  hostPort: 8126
        """,
})
{
    private protected override (string Message, FindingSeverity Severity)? Trap(WorkloadClaim claim, string written) =>
        claim.IsSocket || !HostAddress.TryParse(written, out IPAddress address) || !IPAddress.IsLoopback(address) ? null
        : address.AddressFamily == AddressFamily.InterNetworkV6
            ? ($"hostIP {written} never works: IPv6 does not route its loopback address to a pod", FindingSeverity.Error)
        : ($"hostIP {written} is reached by processes of the node alone, not from outside nor from pods", FindingSeverity.Warning);
}
