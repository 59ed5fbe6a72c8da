namespace Berth.Netlink.Netfilter;

/// <summary>Subsystems of NETLINK_NETFILTER: the upper byte of a message's type.</summary>
public enum NetfilterSubsystem
{
    /// <summary>NFNL_SUBSYS_CTNETLINK: connection tracking.</summary>
    Conntrack = 1,

    /// <summary>NFNL_SUBSYS_IPSET.</summary>
    IpSet = 6,

    /// <summary>NFNL_SUBSYS_NFTABLES.</summary>
    NfTables = 10,
}
