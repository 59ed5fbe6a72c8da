using System.Net;

namespace Berth.Netlink.Route;

/// <summary>An IP address that a link has.</summary>
/// <param name="LinkIndex">The link's index.</param>
/// <param name="Address">The local address. A link-local one carries no scope: the link says it.</param>
/// <param name="PrefixLength">Bits of the network: 0 to 32, or 0 to 128.</param>
/// <param name="Peer">The other end's address on a point-to-point link, or null.</param>
/// <param name="Scope">RT_SCOPE_*: 0 global, 253 link, 254 host.</param>
/// <param name="Flags">IFA_F_* of include/uapi/linux/if_addr.h, such as 0x80 permanent, 0x40 tentative.</param>
/// <param name="Label">IPv4 only: the name under which it was given, such as "eth0:1"; null for IPv6.</param>
public sealed record LinkAddress(
    int LinkIndex, IPAddress Address, byte PrefixLength, IPAddress? Peer, byte Scope, uint Flags, string? Label);
