namespace Berth.NfTables;

/// <summary>Address families of nf_tables (NFPROTO_* in include/uapi/linux/netfilter.h).</summary>
public enum NfFamily : byte
{
    /// <summary>Any family, in questions only.</summary>
    Unspecified = 0,

    /// <summary>IPv4 and IPv6 in one table.</summary>
    Inet = 1,

    /// <summary>IPv4.</summary>
    Ip = 2,

    /// <summary>ARP.</summary>
    Arp = 3,

    /// <summary>A device's ingress and egress.</summary>
    Netdev = 5,

    /// <summary>Bridged frames.</summary>
    Bridge = 7,

    /// <summary>IPv6.</summary>
    Ip6 = 10,
}
