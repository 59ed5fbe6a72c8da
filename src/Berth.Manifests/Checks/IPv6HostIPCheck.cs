using System.Net;

namespace Berth.Manifests;

/// <summary>An IPv6 hostIP that the scheduler understands otherwise than the kernel.</summary>
internal sealed class IPv6HostIPCheck() : HostIPCheck(new CheckPage
{
    Id = "ipv6-host-ip",
    Severity = FindingSeverity.Warning,
    Reason = "An IPv6 hostIP that the scheduler compares as text and gets wrong.",
    Remedy = "Write an address of the node in its shortest lower-case form, or no hostIP for all addresses.",
    Explanation = """
        The scheduler compares hostIPs as texts, and knows one wildcard: `0.0.0.0`.

        - `::` is no wildcard to it. A pod on `[::]:80` and one on `[2001:db8::1]:80` are put on one node, where they collide.
        - `2001:DB8::1`, `2001:db8:0::1` and `2001:db8::1` are three addresses to it, and one to the node: both pods are placed, and
          one never answers. `::ffff:192.0.2.1` is 192.0.2.1 in the same way.
        - A link-local address (`fe80::`) or a multicast one can never be a host port. That is an *error*.
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
                  hostIP: '2001:DB8:0::1'
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
                  hostIP: '2001:db8::1'
        """,
})
{
    private protected override (string Message, FindingSeverity Severity)? Trap(WorkloadClaim claim, string written) =>
        !written.Contains(':', StringComparison.Ordinal) || !HostAddress.TryParse(written, out IPAddress address) ? null
        : address.Equals(IPAddress.IPv6Any)
            ? ($"hostIP {written} is no wildcard to the scheduler: it puts a pod with another IPv6 address and this port beside it",
                FindingSeverity.Warning)
        : address.IsIPv6LinkLocal || address.IsIPv6Multicast
            ? ($"hostIP {written} can never be a host port: it is {(address.IsIPv6Multicast ? "multicast" : "link-local")}",
                FindingSeverity.Error)
        : address.ToString() != written
            ? ($"hostIP {written} is another text than {address}: the scheduler takes the same address for two", FindingSeverity.Warning)
        : null;
}
