namespace Berth.Inspection;

/// <summary>
/// How connection tracking sees a packet: the bits of nft's <c>ct state</c> (NF_CT_STATE_* of
/// include/uapi/linux/netfilter/nf_conntrack_common.h).
/// </summary>
[Flags]
internal enum WalkState : uint
{
    /// <summary>Not looked at yet: to rules it is invalid.</summary>
    None = 0,

    /// <summary>It belongs to no connection.</summary>
    Invalid = 0x1,

    /// <summary>Its connection has seen packets both ways.</summary>
    Established = 0x2,

    /// <summary>Another connection announced it.</summary>
    Related = 0x4,

    /// <summary>It starts a connection.</summary>
    New = 0x8,

    /// <summary>A rule exempted it.</summary>
    Untracked = 0x40,
}
