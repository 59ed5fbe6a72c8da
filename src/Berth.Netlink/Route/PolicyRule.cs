using System.Net;

namespace Berth.Netlink.Route;

/// <summary>A rule that says which routing table a packet is looked up in (ip-rule(8)).</summary>
/// <param name="Priority">The order: the smallest first.</param>
/// <param name="Family">2 IPv4, 10 IPv6.</param>
/// <param name="Action">FR_ACT_*: 1 look up in <paramref name="Table"/>, 2 go to, 6 blackhole, 7 unreachable, 8 prohibit.</param>
/// <param name="Table">The table's number: 254 main, 255 local; 0 when the action needs none.</param>
public sealed record PolicyRule(uint Priority, byte Family, byte Action, uint Table)
{
    /// <summary>The network that the packet's source must be of; null for any.</summary>
    public IPAddress? Source { get; init; }

    /// <summary>Bits of <see cref="Source"/>.</summary>
    public byte SourcePrefixLength { get; init; }

    /// <summary>The network that the packet's destination must be of; null for any.</summary>
    public IPAddress? Destination { get; init; }

    /// <summary>Bits of <see cref="Destination"/>.</summary>
    public byte DestinationPrefixLength { get; init; }

    /// <summary>The interface by which the packet came in, "lo" for the node's own; null for any.</summary>
    public string? InputInterface { get; init; }

    /// <summary>The interface that the sending socket is bound to; null for any.</summary>
    public string? OutputInterface { get; init; }

    /// <summary>The packet's mark, after <see cref="MarkMask"/>; null for any.</summary>
    public uint? Mark { get; init; }

    /// <summary>The mask for <see cref="Mark"/>; null for all bits.</summary>
    public uint? MarkMask { get; init; }

    /// <summary>The IPv4 type of service that the packet must have; 0 for any.</summary>
    public byte TypeOfService { get; init; }

    /// <summary>The transport protocol; null for any.</summary>
    public byte? Protocol { get; init; }

    /// <summary>The source ports; null for any.</summary>
    public PortInterval? SourcePorts { get; init; }

    /// <summary>The destination ports; null for any.</summary>
    public PortInterval? DestinationPorts { get; init; }

    /// <summary>A route whose prefix is this long or shorter does not count; null when all do.</summary>
    public int? SuppressPrefixLength { get; init; }

    /// <summary>Where <see cref="Action"/> goes to; null unless it is 2.</summary>
    public uint? GoTo { get; init; }

    /// <summary>FIB_RULE_*: 2 the rule applies to what it does not select, 1 permanent.</summary>
    public uint Flags { get; init; }

    /// <summary>Attributes of the rule that are not read here (FRA_*): it selects by more than what is said above.</summary>
    public IReadOnlyList<int> UnknownAttributes { get; init; } = [];
}

/// <summary>Ports from one to another, both included.</summary>
/// <param name="First">The first.</param>
/// <param name="Last">The last.</param>
public sealed record PortInterval(ushort First, ushort Last);
