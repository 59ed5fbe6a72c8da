using System.Net;

namespace Berth.Netlink.Conntrack;

/// <summary>What identifies the packets of one direction of a flow.</summary>
/// <param name="Protocol">IPPROTO_*: 6 TCP, 17 UDP, 132 SCTP.</param>
/// <param name="Source">The source address.</param>
/// <param name="Destination">The destination address.</param>
/// <param name="SourcePort">The source port; 0 for a protocol without ports.</param>
/// <param name="DestinationPort">The destination port; 0 for a protocol without ports.</param>
/// <param name="Icmp">What ICMP and ICMPv6 have in place of ports; else null.</param>
/// <param name="Zone">The zone when it counts in this direction only; else null.</param>
public sealed record FlowTuple(
    byte Protocol,
    IPAddress Source,
    IPAddress Destination,
    ushort SourcePort,
    ushort DestinationPort,
    IcmpKey? Icmp = null,
    ushort? Zone = null);
