namespace Berth.Manifests;

/// <summary>
/// A port of the node that a pod claims, as the scheduler counts it (pkg/scheduler/framework, HostPortInfo): those of
/// containers and of init containers that always restart; with hostNetwork a containerPort claims the same port of the
/// node. The API server writes that into Pods only, not into templates: here it is done for both.
/// </summary>
/// <param name="HostIP">The address, <c>0.0.0.0</c> when none is given. Compared as text.</param>
/// <param name="Protocol">TCP, UDP or SCTP.</param>
/// <param name="Port">The port, above 0.</param>
/// <param name="Container">The container that claims it.</param>
/// <param name="Entry">The port's entry there.</param>
/// <param name="At">Where the number stands.</param>
public sealed record HostPortClaim(
    string HostIP, string Protocol, int Port, Container Container, ContainerPort Entry, Location At)
{
    /// <summary>The address that stands for all. <c>::</c> does not, to the scheduler.</summary>
    public const string AnyAddress = "0.0.0.0";

    /// <summary>Whether there is no hostPort: it is claimed because the pod is in the node's network.</summary>
    public bool IsByHostNetwork => Entry.HostPort is not { Value: > 0 };

    /// <summary>Everything that a pod claims, in the order in which it stands there, duplicates included.</summary>
    public static IReadOnlyList<HostPortClaim> Of(PodSpec pod)
    {
        List<HostPortClaim> claims = [];
        foreach (Container container in (IEnumerable<Container>)[.. pod.Containers, .. pod.InitContainers])
        {
            if (container.RunsWithPod)
            {
                claims.AddRange(Of(pod, container));
            }
        }

        return claims;
    }

    /// <summary>What one container would claim, whether it runs as long as the pod or not.</summary>
    internal static IEnumerable<HostPortClaim> Of(PodSpec pod, Container container) =>
        container.Ports.Select(port => Of(pod, container, port)).OfType<HostPortClaim>();

    /// <summary>Whether one node cannot serve both: same protocol and port, and the same address or one that is all.</summary>
    public bool ConflictsWith(HostPortClaim other) =>
        Port == other.Port && Protocol == other.Protocol
        && (HostIP == AnyAddress || other.HostIP == AnyAddress || HostIP == other.HostIP);

    /// <summary><c>TCP 8080</c>, or <c>TCP 192.0.2.1:8080</c>.</summary>
    public override string ToString() => HostIP switch
    {
        AnyAddress => $"{Protocol} {Port}",
        _ when HostIP.Contains(':', StringComparison.Ordinal) => $"{Protocol} [{HostIP}]:{Port}",
        _ => $"{Protocol} {HostIP}:{Port}",
    };

    private static HostPortClaim? Of(PodSpec pod, Container container, ContainerPort port)
    {
        Located<int>? number = port.HostPort is { Value: not 0 } ? port.HostPort : pod.IsHostNetwork ? port.Port : null;
        return number is { Value: > 0 } claimed
            ? new HostPortClaim(
                port.HostIP is { Value.Length: > 0 } address ? address.Value : AnyAddress,
                port.Protocol is { Value.Length: > 0 } protocol ? protocol.Value : "TCP",
                claimed.Value,
                container,
                port,
                claimed.At)
            : null;
    }
}
