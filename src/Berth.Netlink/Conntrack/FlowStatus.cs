namespace Berth.Netlink.Conntrack;

/// <summary>How a flow stands (IPS_* of include/uapi/linux/netfilter/nf_conntrack_common.h).</summary>
[Flags]
public enum FlowStatus : uint
{
    /// <summary>No bit.</summary>
    None = 0,

    /// <summary>IPS_EXPECTED: another flow announced it.</summary>
    Expected = 1 << 0,

    /// <summary>IPS_SEEN_REPLY: packets went both ways.</summary>
    SeenReply = 1 << 1,

    /// <summary>IPS_ASSURED: not given up early when the table is full.</summary>
    Assured = 1 << 2,

    /// <summary>IPS_CONFIRMED: its first packet left.</summary>
    Confirmed = 1 << 3,

    /// <summary>IPS_SRC_NAT: its source is rewritten.</summary>
    SourceNat = 1 << 4,

    /// <summary>IPS_DST_NAT: its destination is rewritten.</summary>
    DestinationNat = 1 << 5,

    /// <summary>IPS_SEQ_ADJUST.</summary>
    SequenceAdjusted = 1 << 6,

    /// <summary>IPS_SRC_NAT_DONE: it was decided whether its source is rewritten.</summary>
    SourceNatDone = 1 << 7,

    /// <summary>IPS_DST_NAT_DONE: it was decided whether its destination is rewritten.</summary>
    DestinationNatDone = 1 << 8,

    /// <summary>IPS_DYING: removed.</summary>
    Dying = 1 << 9,

    /// <summary>IPS_FIXED_TIMEOUT.</summary>
    FixedTimeout = 1 << 10,

    /// <summary>IPS_HELPER.</summary>
    Helper = 1 << 13,

    /// <summary>IPS_OFFLOAD: its packets pass the hooks by (a flow table).</summary>
    Offloaded = 1 << 14,
}
