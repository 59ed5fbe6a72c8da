namespace Berth.Manifests;

/// <summary>A port of the node that the kernel may have given to an outgoing connection.</summary>
internal sealed class EphemeralPortCheck() : LintCheck(new CheckPage
{
    Id = "ephemeral-port",
    Severity = FindingSeverity.Warning,
    Reason = "A port lies where the kernel takes the source ports of connections from.",
    Remedy = "Take a port below the range (--ephemeral-range), or reserve it: net.ipv4.ip_local_reserved_ports.",
    Explanation = """
        Linux gives outgoing connections their source port out of `net.ipv4.ip_local_port_range`, 32768-60999 by default. A
        process in the node's network (`hostNetwork`) that binds such a port fails with `address already in use` whenever some
        connection of the node happens to have it: it works for weeks, and then does not restart.

        A hostPort is NAT and binds nothing, so that it is only a *note* there: a connection of the node's own that got the port
        as its source keeps it, but everything that shows ports becomes hard to read.
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
              hostNetwork: true
              dnsPolicy: ClusterFirstWithHostNet
              containers:
              - name: agent
                image: agent
                securityContext:
                  capabilities:
                    add: [NET_ADMIN]
                ports:
                - containerPort: 42000
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
              hostNetwork: true
              dnsPolicy: ClusterFirstWithHostNet
              containers:
              - name: agent
                image: agent
                securityContext:
                  capabilities:
                    add: [NET_ADMIN]
                ports:
                - containerPort: 9420
        """,
})
{
    internal override IEnumerable<Finding> Run(LintContext context)
    {
        PortRange range = context.Assumptions.EphemeralPorts;
        foreach (WorkloadClaim claim in context.Claims)
        {
            if (range.Contains(claim.Claim.Port))
            {
                string consequence = claim.IsSocket
                    ? "binding it fails whenever a connection of the node has it"
                    : "connections of the node may have it as their source";
                Finding found = Found(
                    claim.Workload,
                    claim.Claim.At,
                    claim.Claim.ToString(),
                    $"{claim.Title} lies in the range {range} of source ports: {consequence}");
                yield return claim.IsSocket ? found : found with { Severity = FindingSeverity.Note };
            }
        }
    }
}
