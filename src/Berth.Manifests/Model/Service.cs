namespace Berth.Manifests;

/// <summary>A Service.</summary>
/// <param name="Metadata">Its metadata.</param>
public sealed record Service(ObjectMetadata Metadata) : KubernetesObject(Metadata)
{
    /// <summary><c>type</c>; without it ClusterIP.</summary>
    public Located<string>? Type { get; init; }

    /// <summary><c>clusterIP</c>; <c>None</c> makes it headless.</summary>
    public Located<string>? ClusterIP { get; init; }

    /// <summary><c>clusterIPs</c>: of both families, where the cluster has both; the API server puts <c>clusterIP</c> first.</summary>
    public IReadOnlyList<Located<string>> ClusterIPs { get; init; } = [];

    /// <summary><c>selector</c>; empty when there is none, and then it selects nothing.</summary>
    public IReadOnlyDictionary<string, Located<string>> Selector { get; init; } = FieldReader.NoText;

    /// <summary><c>ports</c>.</summary>
    public IReadOnlyList<ServicePort> Ports { get; init; } = [];

    /// <summary><c>externalIPs</c>.</summary>
    public IReadOnlyList<Located<string>> ExternalIPs { get; init; } = [];

    /// <summary>The addresses that a load balancer gave it (<c>status.loadBalancer.ingress</c>) and kube-proxy serves on
    /// the nodes.</summary>
    public IReadOnlyList<Located<string>> LoadBalancerIPs { get; init; } = [];

    /// <summary><c>loadBalancerIP</c>: the address that its load balancer is asked to give.</summary>
    public Located<string>? WantedLoadBalancerIP { get; init; }

    /// <summary><c>ipFamilies</c>: IPv4 and IPv6, in the order in which addresses are given.</summary>
    public IReadOnlyList<Located<string>> IPFamilies { get; init; } = [];

    /// <summary><c>ipFamilyPolicy</c>; without it SingleStack.</summary>
    public Located<string>? IPFamilyPolicy { get; init; }

    /// <summary><c>healthCheckNodePort</c>: where kube-proxy tells a load balancer whether the node has endpoints; of type
    /// LoadBalancer alone.</summary>
    public Located<int>? HealthCheckNodePort { get; init; }

    /// <summary><c>externalTrafficPolicy</c>; without it Cluster.</summary>
    public Located<string>? ExternalTrafficPolicy { get; init; }

    /// <summary><c>internalTrafficPolicy</c>; without it Cluster.</summary>
    public Located<string>? InternalTrafficPolicy { get; init; }

    /// <summary><c>sessionAffinity</c>; without it None.</summary>
    public Located<string>? SessionAffinity { get; init; }

    /// <summary><c>loadBalancerSourceRanges</c>: from where its load balancer's addresses answer; empty for everywhere.</summary>
    public IReadOnlyList<Located<string>> LoadBalancerSourceRanges { get; init; } = [];

    /// <summary><c>publishNotReadyAddresses</c>: pods that are not ready are endpoints too.</summary>
    public Located<bool>? PublishNotReadyAddresses { get; init; }

    /// <summary><c>allocateLoadBalancerNodePorts</c>, of type LoadBalancer; without it true.</summary>
    public Located<bool>? AllocateLoadBalancerNodePorts { get; init; }

    /// <summary>Whether it has ports on every node: type NodePort or LoadBalancer.</summary>
    public bool HasNodePorts => Type?.Value is "NodePort" or "LoadBalancer";

    /// <summary>Whether it is a name for another one in the DNS: it has no address and no rules.</summary>
    public bool IsExternalName => Type is { Value: "ExternalName" };

    /// <summary>Whether it selects pods with these labels in its namespace.</summary>
    public bool Selects(IReadOnlyDictionary<string, Located<string>> labels) =>
        Selector.Count > 0
        && Selector.All(wanted => labels.TryGetValue(wanted.Key, out Located<string> label) && label.Value == wanted.Value.Value);

    /// <inheritdoc/>
    public override string ToString() => Metadata.ToString();
}
