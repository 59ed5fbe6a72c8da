namespace Berth.Netlink;

/// <summary>Netlink protocols (include/uapi/linux/netlink.h) that Berth speaks.</summary>
public enum NetlinkProtocol
{
    /// <summary>NETLINK_ROUTE: links, addresses, routes.</summary>
    Route = 0,

    /// <summary>NETLINK_SOCK_DIAG: sockets.</summary>
    SocketDiagnosis = 4,

    /// <summary>NETLINK_XFRM: policies of IPsec.</summary>
    Xfrm = 6,

    /// <summary>NETLINK_NETFILTER: nf_tables, conntrack, ipset.</summary>
    Netfilter = 12,

    /// <summary>NETLINK_GENERIC: families that are known by name, such as IPVS.</summary>
    Generic = 16,
}
