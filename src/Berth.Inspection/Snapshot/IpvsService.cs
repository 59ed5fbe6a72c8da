using System.Net;

namespace Berth.Inspection;

/// <summary>A virtual service of IPVS.</summary>
/// <param name="Protocol">The transport protocol's number; 0 for a service by packet mark.</param>
/// <param name="Address">Its address; null for a service by packet mark.</param>
/// <param name="Port">Its port; 0 for all ports, and for a service by packet mark.</param>
/// <param name="Mark">The packet mark; 0 unless it is a service by mark.</param>
/// <param name="Scheduler">How real servers are chosen, such as "rr".</param>
/// <param name="Servers">The real servers.</param>
public sealed record IpvsService(
    byte Protocol, IPAddress? Address, ushort Port, uint Mark, string Scheduler, IReadOnlyList<IpvsServer> Servers);

/// <summary>A server behind a virtual service.</summary>
/// <param name="Address">Its address.</param>
/// <param name="Port">Its port.</param>
/// <param name="Forwarding">How packets get there: "Masq", "Route", "Tunnel", "Local".</param>
/// <param name="Weight">Its share; 0 takes no new connections.</param>
public sealed record IpvsServer(IPAddress Address, ushort Port, string Forwarding, int Weight);
