namespace Berth.Netlink.Route;

/// <summary>What becomes of a packet that takes a route (RTN_* of include/uapi/linux/rtnetlink.h).</summary>
public enum RouteType : byte
{
    /// <summary>RTN_UNSPEC.</summary>
    Unspecified = 0,

    /// <summary>RTN_UNICAST: sent to a gateway, or directly.</summary>
    Unicast = 1,

    /// <summary>RTN_LOCAL: delivered here.</summary>
    Local = 2,

    /// <summary>RTN_BROADCAST: delivered here as a broadcast, sent as one.</summary>
    Broadcast = 3,

    /// <summary>RTN_ANYCAST: delivered here as a broadcast, sent as unicast.</summary>
    Anycast = 4,

    /// <summary>RTN_MULTICAST.</summary>
    Multicast = 5,

    /// <summary>RTN_BLACKHOLE: dropped in silence.</summary>
    Blackhole = 6,

    /// <summary>RTN_UNREACHABLE: refused with "host unreachable".</summary>
    Unreachable = 7,

    /// <summary>RTN_PROHIBIT: refused with "administratively prohibited".</summary>
    Prohibit = 8,

    /// <summary>RTN_THROW: not in this table, look in the next.</summary>
    Throw = 9,
}
