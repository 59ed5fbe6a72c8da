namespace Berth.Manifests;

/// <summary>Which CNI plugin maps host ports on the nodes.</summary>
public enum HostPortPlugin
{
    /// <summary>Berth's <c>portmap</c>, which leaves alone what a Service claims.</summary>
    Berth,

    /// <summary>The reference <c>portmap</c> with its iptables backend.</summary>
    PortmapIptables,

    /// <summary>The reference <c>portmap</c> with its nftables backend, or its rules in another flavour of iptables than
    /// kube-proxy's.</summary>
    PortmapNftables,
}
