namespace Berth.Manifests;

/// <summary>A Service's nodePort that a pod claims too.</summary>
internal sealed class NodePortConflictCheck() : LintCheck(new CheckPage
{
    Id = "node-port-conflict",
    Severity = FindingSeverity.Error,
    Reason = "A Service has a nodePort that a pod claims of its node.",
    Remedy = "Give one of the two another port.",
    Explanation = """
        A nodePort is on every node, so also on those where the pod is: there the port means two things. Nothing refuses that.

        | kube-proxy | reference portmap, iptables | reference portmap, nftables | Berth |
        |---|---|---|---|
        | iptables | the Service, and the hostPort is dead | whose chain is newer | the Service |
        | nftables | the pod or the Service, by the order of their chains | whose chain is newer; a restart of kube-proxy changes it | the Service |
        | IPVS | the pod | the pod | the Service |

        A process in the node's network (`hostNetwork`) loses against kube-proxy in its iptables and nftables modes: it
        listens, and nothing arrives from outside.

        The same goes for a `healthCheckNodePort`, where kube-proxy itself listens: a hostPort takes the load balancer's questions
        away from it, and a hostNetwork pod cannot bind the port, or kube-proxy cannot.
        """,
    Failing = """
        apiVersion: v1
        kind: Service
        metadata:
          name: shop
        spec:
          type: NodePort
          selector: {app: shop}
          ports:
          - port: 80
            targetPort: 8080
            nodePort: 8088
        ---
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
                - containerPort: 8088
                  hostPort: 8088
        """,
    Passing = """
        apiVersion: v1
        kind: Service
        metadata:
          name: shop
        spec:
          type: NodePort
          selector: {app: shop}
          ports:
          - port: 80
            targetPort: 8080
            nodePort: 30088
        ---
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
                - containerPort: 8088
                  hostPort: 8088
        """,
})
{
    private const string NodePort = "nodePort";
    private const string HealthCheckNodePort = "healthCheckNodePort";

    internal override IEnumerable<Finding> Run(LintContext context)
    {
        Dictionary<(string, int), (Service Service, string Field, Located<int> Port)> nodePorts = [];
        foreach (Service service in context.Services.Where(static service => service.HasNodePorts))
        {
            foreach (ServicePort port in service.Ports)
            {
                if (port.NodePort is { Value: > 0 } given)
                {
                    nodePorts.TryAdd((port.EffectiveProtocol, given.Value), (service, NodePort, given));
                }
            }

            if (service is { Type.Value: "LoadBalancer", HealthCheckNodePort: { Value: > 0 } health })
            {
                nodePorts.TryAdd(("TCP", health.Value), (service, HealthCheckNodePort, health));
            }
        }

        foreach (WorkloadClaim claim in context.Claims)
        {
            if (nodePorts.TryGetValue((claim.Claim.Protocol, claim.Claim.Port), out (Service Service, string Field, Located<int> Port) other))
            {
                string consequence = other.Field == NodePort ? Winner(claim, context.Assumptions)
                    : claim.IsSocket ? "kube-proxy listens there, and only one of the two can bind it"
                    : "the load balancer asks the pod, and not kube-proxy, whether the node is well";
                yield return Found(
                    claim.Workload,
                    claim.Claim.At,
                    $"{claim.Claim}, {other.Service}",
                    $"{claim.Title} is also the {other.Field} of {other.Service} ({other.Port.At}): {consequence}")
                    with
                { Related = [new RelatedObject(other.Service, other.Port.At, $"has {other.Field} {other.Port.Value}")] };
            }
        }
    }

    private static string Winner(WorkloadClaim claim, LintAssumptions assumptions) => assumptions switch
    {
        _ when claim.IsSocket && assumptions.KubeProxy is not (KubeProxyMode.Ipvs or null) =>
            "from outside the Service answers, and the process that listens there gets nothing",
        { Plugin: HostPortPlugin.Berth } when !claim.IsSocket => "the Service answers, and the hostPort is silently dead",
        { KubeProxy: KubeProxyMode.Ipvs } when !claim.IsSocket => "the pod answers where it runs, in the Service's place",
        { KubeProxy: KubeProxyMode.Iptables, Plugin: HostPortPlugin.PortmapIptables } => "the Service answers, and the hostPort is silently dead",
        { KubeProxy: KubeProxyMode.Iptables or KubeProxyMode.Nftables, Plugin: not null } =>
            "whose rules are newer answers, and a restart of kube-proxy changes that",
        _ => "only one of the two answers where the pod runs",
    };
}
