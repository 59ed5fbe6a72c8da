namespace Berth.Manifests;

/// <summary>How bad a hostPort at a Service's port is, over all that is possible by what is known of the cluster; null when
/// nothing can happen. Which of the two gets a packet follows from the order of the chains of NAT, and from whether the
/// Service's address is one of the node's own.</summary>
internal static class HijackRisk
{
    /// <summary>At a ClusterIP: only IPVS makes it an address of the node.</summary>
    public static FindingSeverity? AtClusterIP(LintAssumptions assumptions) => (assumptions.KubeProxy, assumptions.Plugin) switch
    {
        (_, HostPortPlugin.Berth or HostPortPlugin.PortmapIptables) => null,
        (KubeProxyMode.Iptables or KubeProxyMode.Nftables, _) => null,
        (KubeProxyMode.Ipvs, HostPortPlugin.PortmapNftables) => FindingSeverity.Error,
        (KubeProxyMode.Ipvs, _) => FindingSeverity.Warning,
        _ => FindingSeverity.Note,
    };

    /// <summary>At an external or a load balancer's address, which is often one of the node's own.</summary>
    /// <param name="assumptions">What is known of the cluster.</param>
    /// <param name="isOfNode">Whether a node that is known has it.</param>
    public static FindingSeverity? AtExternalIP(LintAssumptions assumptions, bool isOfNode) =>
        (assumptions.KubeProxy, assumptions.Plugin) switch
        {
            (_, HostPortPlugin.Berth) => null,
            (KubeProxyMode.Iptables or KubeProxyMode.Ipvs, HostPortPlugin.PortmapIptables) => null,
            // IPVS has it on kube-ipvs0, as it has the ClusterIP.
            (KubeProxyMode.Ipvs, HostPortPlugin.PortmapNftables) => FindingSeverity.Error,
            (KubeProxyMode.Iptables or KubeProxyMode.Nftables, not null) => isOfNode ? FindingSeverity.Error : FindingSeverity.Warning,
            (KubeProxyMode.Ipvs or KubeProxyMode.Nftables, null) => FindingSeverity.Warning,
            (null, HostPortPlugin.PortmapNftables) => FindingSeverity.Warning,
            _ => isOfNode ? FindingSeverity.Warning : FindingSeverity.Note,
        };
}
