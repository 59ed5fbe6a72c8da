namespace Berth.Manifests;

/// <summary>Whether a pod shows that it works on the node itself, which is what hostNetwork is for.</summary>
internal static class NodeAgent
{
    private static readonly string[] Capabilities = ["NET_ADMIN", "NET_RAW", "NET_BROADCAST", "SYS_ADMIN", "BPF", "ALL"];

    private static readonly string[] SystemPaths =
        ["/proc", "/sys", "/run", "/var/run", "/lib/modules", "/etc/cni", "/opt/cni", "/etc/kubernetes", "/var/lib/kubelet"];

    // Set on a node until it has a network, or is known to its cloud.
    private static readonly string[] TaintsWithoutNetwork =
    [
        "node.kubernetes.io/network-unavailable", "node.kubernetes.io/not-ready", "node.cloudprovider.kubernetes.io/uninitialized",
    ];

    public static bool IsOne(PodSpec pod) =>
        pod.HostPid is { Value: true }
        || pod.AllContainers.Any(ChangesTheNode)
        || pod.HostPaths.Any(static path => IsOfSystem(path.Value))
        || pod.Tolerations.Any(static toleration =>
            string.IsNullOrEmpty(toleration.Key) ? toleration.Operator == "Exists" : TaintsWithoutNetwork.Contains(toleration.Key));

    private static bool ChangesTheNode(Container container) =>
        container.Privileged is { Value: true }
        || container.AddedCapabilities.Any(static name => Capabilities.Contains(name.Value.Replace("CAP_", "", StringComparison.Ordinal)));

    private static bool IsOfSystem(string path)
    {
        string trimmed = path.TrimEnd('/');
        return trimmed.Length == 0 || SystemPaths.Any(system => trimmed == system || trimmed.StartsWith(system + "/", StringComparison.Ordinal));
    }
}
