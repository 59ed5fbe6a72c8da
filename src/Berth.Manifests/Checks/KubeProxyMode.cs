namespace Berth.Manifests;

/// <summary>How kube-proxy serves Services.</summary>
public enum KubeProxyMode
{
    /// <summary>Chains of iptables.</summary>
    Iptables,

    /// <summary>IPVS: each ClusterIP is a local address of every node.</summary>
    Ipvs,

    /// <summary>A table of nftables at priority dstnat.</summary>
    Nftables,
}
