namespace Berth.HostPorts.Iptables;

/// <summary>Which of the kernel's two rule engines iptables' programs talk to.</summary>
internal enum Flavour
{
    /// <summary>nf_tables: iptables-nft.</summary>
    Nft,

    /// <summary>ip_tables: iptables-legacy.</summary>
    Legacy,
}
