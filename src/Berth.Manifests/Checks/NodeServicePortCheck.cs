namespace Berth.Manifests;

/// <summary>A port that the node needs for itself.</summary>
internal sealed class NodeServicePortCheck() : LintCheck(new CheckPage
{
    Id = "node-service-port",
    Severity = FindingSeverity.Error,
    Reason = "A port belongs to a service of the node itself: kubelet, ssh, etcd.",
    Remedy = "Take another port.",
    Explanation = """
        A hostPort is NAT in front of the node's own sockets: the pod gets what was meant for the node's service, without an error
        anywhere. A process in the node's network cannot bind the port, or the service cannot when it restarts. And a nodePort
        takes the port away on every node at once: with a range that covers 6443 that has killed API servers.

        | port (TCP) | service | |
        |---|---|---|
        | 22 | sshd | every node |
        | 10250, 10255 | kubelet | every node |
        | 10248 | kubelet, health | every node, on 127.0.0.1 |
        | 10256 | kube-proxy, health | every node |
        | 10249 | kube-proxy, metrics | every node, on 127.0.0.1 |
        | 6443 | API server | control plane: *warning* |
        | 2379, 2380, 2381 | etcd | control plane: *warning* |
        | 10257, 10259 | controller manager, scheduler | control plane: *warning* |

        With `--snapshot` of a node (`berth snapshot`) it also fires where something else answers at a port there: a process,
        another pod's hostPort, a NodePort.

        It is silent where the pod is that service itself, by the name of the container or its image, and where a hostIP other than
        a loopback address keeps it off a service on 127.0.0.1.
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
                  hostPort: 10250
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
    internal override IEnumerable<Finding> Run(LintContext context) =>
        [.. OfClaims(context), .. context.Services.Where(static service => service.HasNodePorts).SelectMany(OfNodePorts)];

    private IEnumerable<Finding> OfClaims(LintContext context)
    {
        foreach (WorkloadClaim claim in context.Claims)
        {
            string consequence = claim.IsSocket ? "only one of the two can bind it" : "the pod gets what was meant for it";
            if (claim.Claim.Protocol == "TCP" && NodeService.At(claim.Claim.Port) is NodeService service
                && service.ListensOn(claim.Claim.HostIP) && !service.IsRunBy(claim.Claim.Container))
            {
                yield return Found(
                    claim.Workload, claim.Claim.At, claim.Claim.ToString(), $"{claim.Title} is the port of {service.Title}: {consequence}")
                    with
                { Severity = service.Severity };
            }
            else if (context.Assumptions.Taken.FirstOrDefault(
                port => port.MeetsClaim(claim.Claim) && !port.IsOf(claim.Workload)) is TakenPort taken)
            {
                yield return Found(
                    claim.Workload,
                    claim.Claim.At,
                    claim.Claim.ToString(),
                    $"{claim.Title} is taken on the node of the snapshot by {taken.By} at {taken.At}: {consequence}");
            }
        }
    }

    private IEnumerable<Finding> OfNodePorts(Service owner)
    {
        foreach (ServicePort port in owner.Ports)
        {
            if (port.NodePort is { } nodePort && port.EffectiveProtocol == "TCP" && NodeService.At(nodePort.Value) is NodeService service)
            {
                yield return Found(
                    owner,
                    nodePort.At,
                    $"nodePort {nodePort.Value}",
                    $"nodePort {nodePort.Value} is the port of {service.Title}: the Service takes it away on every node");
            }
        }
    }
}
