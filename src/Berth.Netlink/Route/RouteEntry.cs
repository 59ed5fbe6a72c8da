using System.Net;

namespace Berth.Netlink.Route;

/// <summary>A route of a table, or the outcome of a lookup.</summary>
/// <param name="Destination">The network, or of a lookup the address asked for; null is the default route.</param>
/// <param name="PrefixLength">Bits of the network; of a lookup 32 or 128.</param>
/// <param name="Table">The table's number: 254 main, 255 local.</param>
/// <param name="Type">What becomes of the packet.</param>
/// <param name="Protocol">Who made the route, RTPROT_*: 2 kernel, 3 boot, 4 static.</param>
/// <param name="Scope">RT_SCOPE_*: 0 global, 253 link, 254 host.</param>
/// <param name="Priority">The metric: the smallest wins; 0 when there is none.</param>
/// <param name="OutputInterface">The index of the link that it leaves by; null when there is none, or several.</param>
/// <param name="Gateway">The router, possibly of the other family; null when directly connected, or several.</param>
/// <param name="PreferredSource">The source address of packets from here that have none yet, or null.</param>
/// <param name="Multipath">The ways, when there are several; else empty.</param>
public sealed record RouteEntry(
    IPAddress? Destination,
    byte PrefixLength,
    uint Table,
    RouteType Type,
    byte Protocol,
    byte Scope,
    uint Priority,
    int? OutputInterface,
    IPAddress? Gateway,
    IPAddress? PreferredSource,
    IReadOnlyList<NextHop> Multipath)
{
    /// <summary>2 IPv4, 10 IPv6; 0 where it was not said: a default route has no address to tell it.</summary>
    public byte Family { get; init; }
}
