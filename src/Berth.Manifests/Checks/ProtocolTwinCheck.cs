namespace Berth.Manifests;

/// <summary>A protocol that is there by mistake.</summary>
internal sealed class ProtocolTwinCheck() : LintCheck(new CheckPage
{
    Id = "protocol-twin",
    Severity = FindingSeverity.Warning,
    Reason = "A port is claimed for TCP and UDP, or not for what its name says.",
    Remedy = "Remove the one that nothing listens on; where both are meant, name them so: `dns-udp`, `dns-tcp`.",
    Explanation = """
        Without `protocol` a port is TCP. So a port is often written twice, for TCP and UDP, to be on the safe side, or a port
        for UDP is TCP by mistake. Both take a port of the node that nothing answers on, and keep other pods away from the node.

        It fires when one pod claims a port for TCP and for UDP and neither is named after its protocol (`tcp`, `udp`, `quic`,
        `http3`), except at ports whose service uses both (DNS 53, Kerberos 88, LDAP 389, HTTP/3 443 and 8443, syslog 514, DNS over
        TLS 853, NFS 2049, STUN 3478 and 5349, SIP 5060 and 5061, memberlist 7946, Consul 8301, 8302 and 8600); and when a port is
        named after a protocol that it does not have.
        """,
    Failing = """
        apiVersion: apps/v1
        kind: DaemonSet
        metadata:
          name: stats
        spec:
          selector: {matchLabels: {app: stats}}
          template:
            metadata: {labels: {app: stats}}
            spec:
              containers:
              - name: stats
                image: stats
                ports:
                - name: statsd-udp
                  containerPort: 8125
                  hostPort: 8125
        """,
    Passing = """
        apiVersion: apps/v1
        kind: DaemonSet
        metadata:
          name: stats
        spec:
          selector: {matchLabels: {app: stats}}
          template:
            metadata: {labels: {app: stats}}
            spec:
              containers:
              - name: stats
                image: stats
                ports:
                - name: statsd-udp
                  containerPort: 8125
                  hostPort: 8125
                  protocol: UDP
        """,
})
{
    private static readonly int[] UsedByBoth =
        [53, 88, 389, 443, 514, 853, 2049, 3478, 5060, 5061, 5349, 7946, 8301, 8302, 8443, 8600];

    internal override IEnumerable<Finding> Run(LintContext context)
    {
        Workload? current = null;
        Dictionary<(string, int), WorkloadClaim> seen = [];
        foreach (WorkloadClaim claim in context.Claims)
        {
            if (!ReferenceEquals(current, claim.Workload))
            {
                current = claim.Workload;
                seen.Clear();
            }

            string[] words = Words(claim.Claim);
            if (Misnamed(claim.Claim, words) is string meant)
            {
                yield return Found(
                    claim.Workload,
                    claim.Claim.At,
                    claim.Claim.ToString(),
                    $"{claim.Title} is named `{claim.Claim.Entry.Name?.Value}` but is {claim.Claim.Protocol}: was {meant} meant?");
            }

            if (claim.Claim.Protocol is not ("TCP" or "UDP") || IsExplained(words) || UsedByBoth.Contains(claim.Claim.Port))
            {
                continue;
            }

            (string, int) key = (claim.Claim.HostIP, claim.Claim.Port);
            if (!seen.TryAdd(key, claim) && seen[key].Claim.Protocol != claim.Claim.Protocol)
            {
                yield return Found(
                    claim.Workload,
                    claim.Claim.At,
                    claim.Claim.ToString(),
                    $"{claim.Title} is claimed for {seen[key].Claim.Protocol} as well (line {seen[key].Claim.At.Line}): are both meant?");
            }
        }
    }

    private static string[] Words(HostPortClaim claim) => claim.Entry.Name?.Value.Split('-') ?? [];

    private static bool IsExplained(string[] words) =>
        words.Any(static word => word is "tcp" or "udp" or "quic" or "http3" or "h3");

    private static string? Misnamed(HostPortClaim claim, string[] words)
    {
        string[] named = [.. words.Where(static word => word is "tcp" or "udp" or "sctp").Distinct()];
        return named is [string one] && !one.Equals(claim.Protocol, StringComparison.OrdinalIgnoreCase) ? one.ToUpperInvariant() : null;
    }
}
