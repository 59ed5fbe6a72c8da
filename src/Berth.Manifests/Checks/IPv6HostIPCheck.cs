using System.Net;
using System.Net.Sockets;

namespace Berth.Manifests;

/// <summary>An IPv6 hostIP that the scheduler understands otherwise than the kernel.</summary>
internal sealed class IPv6HostIPCheck() : LintCheck(new CheckPage
{
    Id = "ipv6-host-ip",
    Severity = FindingSeverity.Warning,
    Reason = "An IPv6 hostIP that the scheduler compares as text and gets wrong.",
    Remedy = "Write an address of the node in its shortest lower-case form, or no hostIP for all addresses.",
    Explanation = """
        The scheduler compares hostIPs as texts, and knows one wildcard: `0.0.0.0`.

        - `::` is no wildcard to it. A pod on `[::]:80` and one on `[2001:db8::1]:80` are put on one node, where they collide.
        - `2001:DB8::1`, `2001:db8:0::1` and `2001:db8::1` are three addresses to it, and one to the node: both pods are placed, and
          one never answers.
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
    internal override IEnumerable<Finding> Run(LintContext context)
    {
        foreach (WorkloadClaim claim in context.Claims)
        {
            if (claim.Claim.Entry.HostIP is { } written && IPAddress.TryParse(written.Value, out IPAddress? address)
                && address.AddressFamily == AddressFamily.InterNetworkV6 && Trap(written.Value, address) is (string trap, var severity))
            {
                yield return Found(claim.Workload, written.At, claim.Claim.ToString(), trap) with { Severity = severity };
            }
        }
    }

    private static (string Trap, FindingSeverity Severity)? Trap(string written, IPAddress address) =>
        address.Equals(IPAddress.IPv6Any)
            ? ($"hostIP {written} is no wildcard to the scheduler: it puts a pod with another IPv6 address and this port beside it",
                FindingSeverity.Warning)
        : address.IsIPv6LinkLocal || address.IsIPv6Multicast
            ? ($"hostIP {written} can never be a host port: it is {(address.IsIPv6Multicast ? "multicast" : "link-local")}",
                FindingSeverity.Error)
        : address.ToString() != written
            ? ($"hostIP {written} is another text than {address}: the scheduler takes the same address for two", FindingSeverity.Warning)
        : null;
}
