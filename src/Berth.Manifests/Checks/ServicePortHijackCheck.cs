namespace Berth.Manifests;

/// <summary>A hostPort that takes the traffic of Services on their own addresses.</summary>
internal sealed class ServicePortHijackCheck() : LintCheck(new CheckPage
{
    Id = "service-port-hijack",
    Severity = FindingSeverity.Error,
    Reason = "A hostPort takes the traffic of a Service that has the same port.",
    Remedy = "Take a hostPort that no Service has, give a hostIP, or map host ports with Berth's portmap.",
    Explanation = """
        A hostPort matches packets to any local address of the node. In kube-proxy's IPVS mode every ClusterIP *is* a local address
        (of `kube-ipvs0`), so on the node of the pod a client of the Service reaches the pod instead; everywhere else all looks
        well. With the reference portmap's iptables backend kube-proxy gets in front of it (since portmap 0.7.5, CVE-2019-9946),
        with its nftables backend, or with legacy and nftables rules mixed, it does not.

        | kube-proxy | reference portmap, iptables | reference portmap, nftables | Berth |
        |---|---|---|---|
        | iptables, nftables | silent | silent | silent |
        | IPVS | silent | *error* | silent |
        | not said | silent | *note* | silent |

        In IPVS mode with an unknown plugin it is a *warning*; with nothing said a *note*. Say it with `--kube-proxy` and
        `--plugin`. It is silent for headless Services, for a Service that selects the pod itself at that port, for a hostPort with a
        hostIP, and for `hostNetwork`, where IPVS comes first.

        The `externalIPs` of a Service and the addresses of its load balancer are often the node's own in every mode. There a
        hostPort without hostIP, or with that one, is in the way as well:

        | kube-proxy | reference portmap, iptables | reference portmap, nftables | not said | Berth |
        |---|---|---|---|---|
        | iptables | silent | whose chain is newer: *warning* | *note* | silent |
        | nftables | whose chain is newer: *warning* | whose chain is newer: *warning* | *warning* | silent |
        | IPVS | silent | the pod: *error* | *warning* | silent |
        | not said | *note* | *warning* | *note* | silent |

        Where a Node that is given has the address (`status.addresses`), a *warning* of the first two rows with a plugin is an
        *error*, and a *note* a *warning*.
        """,
    ExampleOptions = ["--kube-proxy", "ipvs", "--plugin", "portmap-nftables"],
    Failing = """
        apiVersion: v1
        kind: Service
        metadata:
          name: mysql-a
        spec:
          selector: {app: mysql-a}
          ports:
          - port: 3306
        ---
        apiVersion: apps/v1
        kind: DaemonSet
        metadata:
          name: mysql-b
        spec:
          selector: {matchLabels: {app: mysql-b}}
          template:
            metadata: {labels: {app: mysql-b}}
            spec:
              containers:
              - name: mysql-b
                image: mysql-b
                ports:
                - containerPort: 3306
                  hostPort: 3306
        """,
    Passing = """
        apiVersion: v1
        kind: Service
        metadata:
          name: mysql-a
        spec:
          selector: {app: mysql-a}
          ports:
          - port: 3306
        ---
        apiVersion: apps/v1
        kind: DaemonSet
        metadata:
          name: mysql-b
        spec:
          selector: {matchLabels: {app: mysql-b}}
          template:
            metadata: {labels: {app: mysql-b}}
            spec:
              containers:
              - name: mysql-b
                image: mysql-b
                ports:
                - containerPort: 3306
                  hostPort: 3307
        """,
})
{
    internal override IEnumerable<Finding> Run(LintContext context)
    {
        if (HijackRisk.AtExternalIP(context.Assumptions, isOfNode: true) is null)
        {
            yield break;
        }

        ILookup<(string, int), (Service Service, ServicePort Port)> ports = context.Services
            .Where(static service => service.ClusterIP is not { Value: "None" } && service.Type is not { Value: "ExternalName" })
            .SelectMany(static service => service.Ports, static (service, port) => (Service: service, Port: port))
            .ToLookup(static entry => (entry.Port.EffectiveProtocol, entry.Port.Port?.Value ?? 0));
        HashSet<string> nodes = [.. (context.Assumptions.Nodes ?? []).SelectMany(static node => node.Addresses).Select(static address => address.Value)];
        foreach (WorkloadClaim claim in context.Claims)
        {
            List<(Service Service, ServicePort Port)> taken = claim.IsSocket ? []
                : [.. ports[(claim.Claim.Protocol, claim.Claim.Port)].Where(entry => !IsServedBy(entry.Service, entry.Port, claim))];
            if (taken.Count > 0 && claim.Claim.HostIP == HostPortClaim.AnyAddress
                && HijackRisk.AtClusterIP(context.Assumptions) is FindingSeverity severity)
            {
                yield return AtClusterIP(claim, taken, severity);
            }

            foreach ((Service service, ServicePort port) in taken)
            {
                if (FirstAddress(service, claim.Claim.HostIP, nodes) is (Located<string> address, bool isOfNode)
                    && HijackRisk.AtExternalIP(context.Assumptions, isOfNode) is FindingSeverity risk)
                {
                    yield return AtExternalIP(claim, service, port, address, risk, context.Assumptions);
                }
            }
        }
    }

    private Finding AtClusterIP(WorkloadClaim claim, List<(Service Service, ServicePort Port)> taken, FindingSeverity severity)
    {
        (Service service, ServicePort port) = taken[0];
        string others = taken.Count == 1 ? "" : $" and of {taken.Count - 1} more";
        string when = severity switch
        {
            FindingSeverity.Error => "",
            FindingSeverity.Warning => ", when the plugin's rules are in nftables",
            _ => ", with kube-proxy in IPVS mode and the plugin's rules in nftables",
        };
        return new Finding(
            this,
            severity,
            claim.Workload,
            claim.Claim.At,
            claim.Claim.ToString(),
            $"{claim.Title} takes the traffic to port {claim.Claim.Port} of {service} ({port.At}){others} on the nodes where the pod is{when}")
        {
            Related = [.. taken.Take(10).Select(entry => new RelatedObject(entry.Service, entry.Port.At, $"has port {claim.Claim.Port}"))],
        };
    }

    private Finding AtExternalIP(
        WorkloadClaim claim, Service service, ServicePort port, Located<string> address, FindingSeverity severity, LintAssumptions assumptions)
    {
        string when = assumptions is { Plugin: null, KubeProxy: KubeProxyMode.Ipvs or KubeProxyMode.Iptables }
            ? ", when the plugin's rules are in nftables" : "";
        string consequence = assumptions.KubeProxy switch
        {
            KubeProxyMode.Ipvs => "there the pod answers in the Service's place, on the nodes where it is",
            null => "on a node that has this address the pod may answer in the Service's place",
            _ => "on a node that has this address the one answers whose rules are newer, and a restart of kube-proxy changes that",
        };
        return new Finding(
            this,
            severity,
            claim.Workload,
            claim.Claim.At,
            $"{claim.Claim}, {service} at {address}",
            $"{claim.Title} is also the port of {service} at {address} ({address.At}): {consequence}{when}")
        {
            Related = [new RelatedObject(service, port.At, $"has port {claim.Claim.Port} at {address}")],
        };
    }

    // One that a known node has before others; null when the claim's address is none of them.
    private static (Located<string> Address, bool IsOfNode)? FirstAddress(Service service, string hostIP, HashSet<string> nodes)
    {
        (Located<string>, bool)? first = null;
        foreach (Located<string> address in service.ExternalIPs.Concat(service.LoadBalancerIPs))
        {
            if (hostIP == HostPortClaim.AnyAddress || hostIP == address.Value)
            {
                if (nodes.Contains(address.Value))
                {
                    return (address, true);
                }

                first ??= (address, false);
            }
        }

        return first;
    }

    // The pod would have been an answer anyway.
    private static bool IsServedBy(Service service, ServicePort port, WorkloadClaim claim) =>
        service.Metadata.Namespace == claim.Workload.Metadata.Namespace
        && service.Selects(claim.Workload.Template.Labels)
        && (port.TargetPort is { Value: var target }
            ? target == claim.Claim.Entry.Name?.Value || target == $"{claim.Claim.Entry.Port?.Value}"
            : port.Port?.Value == claim.Claim.Entry.Port?.Value);
}
