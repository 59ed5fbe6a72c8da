using System.Net;
using System.Net.Sockets;

namespace Berth.Manifests;

/// <summary>Values that the API server or the plugin refuses.</summary>
internal sealed class InvalidHostPortCheck() : LintCheck(new CheckPage
{
    Id = "invalid-host-port",
    Severity = FindingSeverity.Error,
    Reason = "A port, protocol or hostIP that the API server or the plugin refuses.",
    Remedy = "Write a port from 1 to 65535, TCP, UDP or SCTP in capitals, and an IP address of the node.",
    Explanation = """
        The API server refuses a hostPort or containerPort outside 1 to 65535 (a hostPort of 0 means none) and any protocol but
        `TCP`, `UDP` and `SCTP`. It accepts any text as hostIP of a template; the plugin then refuses it, and the pod hangs in
        `ContainerCreating`. An address is what Go reads as one: `10.1`, `010.0.0.1`, `0x7f000001` and `[2001:db8::1]` are none.
        Nor can a multicast or the broadcast address be mapped (for IPv6 see [ipv6-host-ip](#ipv6-host-ip)).
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
                  hostPort: 80800
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
    internal override IEnumerable<Finding> Run(LintContext context)
    {
        foreach (Workload workload in context.Workloads)
        {
            foreach (Container container in workload.Template.Spec.AllContainers)
            {
                foreach (ContainerPort port in container.Ports)
                {
                    // Ports of the pod's own network are not ours to judge.
                    bool isOfNode = port.HostPort is { Value: not 0 } || workload.Template.Spec.IsHostNetwork;
                    foreach ((Location at, string wrong) in isOfNode ? Wrong(port) : [])
                    {
                        yield return Found(workload, at, $"{container.Name} {wrong}", wrong);
                    }
                }
            }
        }
    }

    private static IEnumerable<(Location At, string Wrong)> Wrong(ContainerPort port)
    {
        if (port.HostPort is { Value: not 0 } host && !PodValidation.IsPort(host.Value))
        {
            yield return (host.At, $"hostPort {host.Value} is refused: {PodValidation.OutOfRange}");
        }

        if (port.Port is { } own && !PodValidation.IsPort(own.Value))
        {
            yield return (own.At, $"containerPort {own.Value} is refused: {PodValidation.OutOfRange}");
        }

        if (port.Protocol is { } protocol && !PodValidation.IsProtocol(protocol.Value))
        {
            yield return (protocol.At, $"protocol {protocol.Value} is refused: {PodValidation.Protocols}");
        }

        if (port.HostIP is { Value.Length: > 0 } address && WrongAddress(address.Value) is string wrong)
        {
            yield return (address.At, $"hostIP {address.Value} {wrong}, so no plugin can map the port");
        }
    }

    private static string? WrongAddress(string text) =>
        !HostAddress.TryParse(text, out IPAddress address)
            // Many programs read these, and mean different addresses by them.
            ? IPAddress.TryParse(text, out _)
                ? "is no IP address to Kubernetes (no leading zeros, all four numbers, no brackets and no zone)" : "is no IP address"
        : address.Equals(IPAddress.Broadcast) ? "is the broadcast address"
        : address.AddressFamily == AddressFamily.InterNetwork && (address.GetAddressBytes()[0] & 0xF0) == 0xE0 ? "is a multicast address"
        : null;
}
