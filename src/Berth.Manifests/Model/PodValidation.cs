namespace Berth.Manifests;

/// <summary>What of a pod's ports the API server refuses (pkg/apis/core/validation, validateContainerPorts,
/// checkHostPortConflicts and validateHostNetwork), in its words.</summary>
internal static class PodValidation
{
    /// <summary>Of ports that are none.</summary>
    public const string OutOfRange = "must be between 1 and 65535, inclusive";

    /// <summary>Of protocols that are none.</summary>
    public const string Protocols = "supported values: \"SCTP\", \"TCP\", \"UDP\"";

    /// <summary>Whether a number is a port.</summary>
    public static bool IsPort(int number) => number is >= 1 and <= 65535;

    /// <summary>Whether a text is a protocol; none is TCP.</summary>
    public static bool IsProtocol(string text) => text is "" or "TCP" or "UDP" or "SCTP";

    /// <summary>What a claim is compared by, as text: no hostIP is not <c>0.0.0.0</c>.</summary>
    public static string DuplicateKey(HostPortClaim claim) => $"{claim.Protocol}/{claim.Entry.HostIP?.Value}/{claim.Port}";

    /// <summary>Whether two claims of one pod are compared at all: an init container is so with nothing but itself.</summary>
    public static bool AreCompared(Container one, Container two) => one.IsInit == two.IsInit && (!one.IsInit || one == two);

    /// <summary>The first thing that is refused; null when the pod's ports are accepted. With hostNetwork an object with a
    /// template is accepted although each of its pods is then refused for a port that is there twice.</summary>
    /// <param name="pod">The pod, or what pods are made of.</param>
    public static string? Refusal(PodSpec pod) => Refused(pod)?.Value;

    /// <summary>The same, with the place of what is refused.</summary>
    /// <param name="pod">The pod, or what pods are made of.</param>
    public static Located<string>? Refused(PodSpec pod) =>
        Refused(pod, pod.Containers, "containers") ?? Refused(pod, pod.InitContainers, "initContainers") ?? Duplicate(pod);

    private static Located<string>? Refused(PodSpec pod, IReadOnlyList<Container> containers, string field)
    {
        for (int i = 0; i < containers.Count; i++)
        {
            for (int j = 0; j < containers[i].Ports.Count; j++)
            {
                if (Refused(containers[i].Ports[j], pod.IsHostNetwork && !containers[i].IsInit) is { } refused)
                {
                    return refused with { Value = $"spec.{field}[{i}].ports[{j}].{refused.Value}" };
                }
            }
        }

        return null;
    }

    private static Located<string>? Refused(ContainerPort port, bool mustMatch) =>
        port.Port is { } own && !IsPort(own.Value) ? new($"containerPort: Invalid value: {own.Value}: {OutOfRange}", own.At)
        : port.HostPort is { Value: not 0 } host && !IsPort(host.Value) ? new($"hostPort: Invalid value: {host.Value}: {OutOfRange}", host.At)
        : port.Protocol is { } protocol && !IsProtocol(protocol.Value)
            ? new($"protocol: Unsupported value: \"{protocol.Value}\": {Protocols}", protocol.At)
        : mustMatch && port is { HostPort: { Value: not 0 } given, Port: { } wanted } && given.Value != wanted.Value
            ? new($"hostPort: Invalid value: {given.Value}: must match `containerPort` when `hostNetwork` is true", given.At)
        : null;

    private static Located<string>? Duplicate(PodSpec pod)
    {
        foreach (IReadOnlyList<Container> compared in (IReadOnlyList<Container>[])[pod.Containers, .. pod.InitContainers.Select(static one => (IReadOnlyList<Container>)[one])])
        {
            HashSet<string> keys = new(StringComparer.Ordinal);
            foreach (HostPortClaim claim in compared.SelectMany(container => HostPortClaim.Of(pod, container)))
            {
                if (!keys.Add(DuplicateKey(claim)))
                {
                    return new($"container {claim.Container.Name}: hostPort: Duplicate value: \"{DuplicateKey(claim)}\"", claim.At);
                }
            }
        }

        return null;
    }
}
