namespace Berth.Manifests;

/// <summary>What the checks hold of the cluster that the manifests do not say. What is null is not known, and then a check
/// tells of a risk instead of a fact, or is silent.</summary>
public sealed record LintAssumptions
{
    /// <summary>The nodes, with labels and taints; null when they are not known.</summary>
    public IReadOnlyList<Node>? Nodes { get; init; }

    /// <summary>How many nodes there are, when no more is known of them.</summary>
    public int? NodeCount { get; init; }

    /// <summary>What answers on a node already; empty when no node was looked at.</summary>
    public IReadOnlyList<TakenPort> Taken { get; init; } = [];

    /// <summary>kube-proxy's mode.</summary>
    public KubeProxyMode? KubeProxy { get; init; }

    /// <summary>What maps host ports.</summary>
    public HostPortPlugin? Plugin { get; init; }

    /// <summary>The ports that the API server gives to Services of type NodePort.</summary>
    public PortRange NodePorts { get; init; } = PortRange.DefaultNodePorts;

    /// <summary>The ports that the kernel gives to outgoing connections.</summary>
    public PortRange EphemeralPorts { get; init; } = PortRange.DefaultEphemeralPorts;
}
