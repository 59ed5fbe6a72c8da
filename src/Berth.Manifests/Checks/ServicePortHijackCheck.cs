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
        if (Risk(context.Assumptions) is not FindingSeverity severity)
        {
            yield break;
        }

        ILookup<(string, int), (Service Service, ServicePort Port)> ports = context.Services
            .Where(static service => service.ClusterIP is not { Value: "None" } && service.Type is not { Value: "ExternalName" })
            .SelectMany(static service => service.Ports, static (service, port) => (Service: service, Port: port))
            .ToLookup(static entry => (entry.Port.EffectiveProtocol, entry.Port.Port?.Value ?? 0));
        foreach (WorkloadClaim claim in context.Claims)
        {
            if (claim.IsSocket || claim.Claim.HostIP != HostPortClaim.AnyAddress)
            {
                continue;
            }

            List<(Service Service, ServicePort Port)> taken =
                [.. ports[(claim.Claim.Protocol, claim.Claim.Port)].Where(entry => !IsServedBy(entry.Service, entry.Port, claim))];
            if (taken.Count > 0)
            {
                yield return Hijack(claim, taken, severity);
            }
        }
    }

    private Finding Hijack(WorkloadClaim claim, List<(Service Service, ServicePort Port)> taken, FindingSeverity severity)
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

    // How bad it is, over all that is possible by what is known; null when nothing can happen.
    private static FindingSeverity? Risk(LintAssumptions assumptions) => (assumptions.KubeProxy, assumptions.Plugin) switch
    {
        (_, HostPortPlugin.Berth or HostPortPlugin.PortmapIptables) => null,
        (KubeProxyMode.Iptables or KubeProxyMode.Nftables, _) => null,
        (KubeProxyMode.Ipvs, HostPortPlugin.PortmapNftables) => FindingSeverity.Error,
        (KubeProxyMode.Ipvs, _) => FindingSeverity.Warning,
        _ => FindingSeverity.Note,
    };

    // The pod would have been an answer anyway.
    private static bool IsServedBy(Service service, ServicePort port, WorkloadClaim claim) =>
        service.Metadata.Namespace == claim.Workload.Metadata.Namespace
        && service.Selects(claim.Workload.Template.Labels)
        && (port.TargetPort is { Value: var target }
            ? target == claim.Claim.Entry.Name?.Value || target == $"{claim.Claim.Entry.Port?.Value}"
            : port.Port?.Value == claim.Claim.Entry.Port?.Value);
}
