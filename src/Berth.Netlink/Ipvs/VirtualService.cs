using System.Net;

namespace Berth.Netlink.Ipvs;

/// <summary>What IPVS serves: one port of an address.</summary>
/// <param name="Protocol">IPPROTO_*: 6 TCP, 17 UDP, 132 SCTP.</param>
/// <param name="Address">The address, IPv4 or IPv6.</param>
/// <param name="Port">The port; 0 for every port that no other service of the address and protocol has.</param>
public sealed record VirtualService(byte Protocol, IPAddress Address, ushort Port);
