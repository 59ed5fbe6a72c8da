namespace Berth.Manifests;

/// <summary>hostPort and containerPort that differ although there is but one network.</summary>
internal sealed class HostNetworkPortMismatchCheck() : HostNetworkCheck(new CheckPage
{
    Id = "host-network-port-mismatch",
    Severity = FindingSeverity.Error,
    Reason = "hostPort and containerPort differ although the pod is in the node's network.",
    Remedy = "Remove the hostPort, or make it the containerPort; to have another port outside, drop hostNetwork.",
    Explanation = """
        With `hostNetwork` nothing is mapped: the process binds a port of the node itself. A hostPort beside it can only
        repeat the containerPort. The API server refuses anything else, in Pods as in templates: ``Invalid value: 7947: must
        match `containerPort` when `hostNetwork` is true``. Of init containers it does not see it: then it is a *warning*, for a
        sidecar claims a port that nothing binds, and binds one that the scheduler does not know.
        """,
    Failing = """
        apiVersion: v1
        kind: Pod
        metadata:
          name: speaker
        spec:
          hostNetwork: true
          dnsPolicy: ClusterFirstWithHostNet
          containers:
          - name: speaker
            image: speaker
            securityContext:
              capabilities:
                add: [NET_ADMIN]
            ports:
            - containerPort: 7946
              hostPort: 7947
        """,
    Passing = """
        apiVersion: v1
        kind: Pod
        metadata:
          name: speaker
        spec:
          hostNetwork: true
          dnsPolicy: ClusterFirstWithHostNet
          containers:
          - name: speaker
            image: speaker
            securityContext:
              capabilities:
                add: [NET_ADMIN]
            ports:
            - containerPort: 7946
              hostPort: 7946
        """,
})
{
    private protected override IEnumerable<Finding> Run(LintContext context, Workload workload, Location at)
    {
        foreach (Container container in workload.Template.Spec.AllContainers)
        {
            foreach (ContainerPort port in container.Ports)
            {
                if (port is { HostPort: { Value: not 0 } host, Port: { } own } && host.Value != own.Value)
                {
                    yield return Found(
                        workload,
                        host.At,
                        $"{container.Name} {own.Value} {host.Value}",
                        container.IsInit
                            ? $"hostPort {host.Value} is claimed of the node, and the process binds {own.Value} (containerPort)"
                            : $"hostPort {host.Value} is refused: must match `containerPort` ({own.Value}) when `hostNetwork` is true")
                        with
                    { Severity = container.IsInit ? FindingSeverity.Warning : FindingSeverity.Error };
                }
            }
        }
    }
}
