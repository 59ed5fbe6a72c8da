namespace Berth.Kernel.Tests.Services;

/// <summary>How kube-proxy serves Services where it does so by NAT rules.</summary>
public enum KubeProxyMode
{
    /// <summary>Mode iptables, with iptables-legacy.</summary>
    IptablesLegacy,

    /// <summary>Mode iptables, with iptables-nft.</summary>
    IptablesNft,

    /// <summary>Mode nftables.</summary>
    Nftables,
}
