using System.Net;

namespace Berth.Netlink.Xfrm;

/// <summary>Which packets a policy is asked about (XFRM_POLICY_* of include/uapi/linux/xfrm.h).</summary>
public enum XfrmDirection
{
    /// <summary>What is delivered to the node.</summary>
    In = 0,

    /// <summary>What leaves the node, its own and what it forwards.</summary>
    Out = 1,

    /// <summary>What the node forwards.</summary>
    Forward = 2,
}

/// <summary>A policy of IPsec: which packets are blocked, or must have come, or are sent, wrapped.</summary>
/// <param name="Direction">When it is asked.</param>
/// <param name="Source">The packets' source, together with the length of the prefix.</param>
/// <param name="SourcePrefixLength">0 for all.</param>
/// <param name="Destination">Their destination.</param>
/// <param name="DestinationPrefixLength">0 for all.</param>
/// <param name="Priority">Of several that are of a packet the lowest decides.</param>
public sealed record XfrmPolicy(
    XfrmDirection Direction, IPAddress Source, byte SourcePrefixLength, IPAddress Destination, byte DestinationPrefixLength, uint Priority)
{
    /// <summary>The transport protocol's number; 0 for all.</summary>
    public byte Protocol { get; init; }

    /// <summary>The source port, of ICMP the type, where <see cref="SourcePortMask"/> has bits.</summary>
    public ushort SourcePort { get; init; }

    /// <summary>The bits of the source port that count.</summary>
    public ushort SourcePortMask { get; init; }

    /// <summary>The destination port, of ICMP the code, where <see cref="DestinationPortMask"/> has bits.</summary>
    public ushort DestinationPort { get; init; }

    /// <summary>The bits of the destination port that count.</summary>
    public ushort DestinationPortMask { get; init; }

    /// <summary>The link that the packet's route leaves by, loopback for what is delivered here; 0 for all.</summary>
    public int LinkIndex { get; init; }

    /// <summary>The packet's mark in the bits of <see cref="MarkMask"/>.</summary>
    public uint Mark { get; init; }

    /// <summary>The bits of the mark that count.</summary>
    public uint MarkMask { get; init; }

    /// <summary>The number of the xfrm links whose packets it is of; 0 for those of all other links.</summary>
    public uint InterfaceId { get; init; }

    /// <summary>Whether it is one of those that are asked before the others (XFRM_POLICY_TYPE_SUB).</summary>
    public bool IsSubPolicy { get; init; }

    /// <summary>Whether it drops packets.</summary>
    public bool IsBlocking { get; init; }

    /// <summary>How many transformations it has.</summary>
    public int Templates { get; init; }

    /// <summary>Those of them without which a packet is not let in.</summary>
    public int RequiredTemplates { get; init; }
}

/// <summary>What becomes of packets that no policy is of.</summary>
/// <param name="BlocksIn">What is delivered to the node is dropped.</param>
/// <param name="BlocksForwarded">What it forwards is dropped.</param>
/// <param name="BlocksOut">What leaves it is dropped.</param>
public sealed record XfrmDefaults(bool BlocksIn, bool BlocksForwarded, bool BlocksOut);
