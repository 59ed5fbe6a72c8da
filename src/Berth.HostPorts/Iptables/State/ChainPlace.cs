using System.Net.Sockets;

namespace Berth.HostPorts.Iptables;

/// <summary>Where a chain can be.</summary>
/// <param name="Flavour">In which rule engine.</param>
/// <param name="Family">IPv4 or IPv6.</param>
internal sealed record ChainPlace(Flavour Flavour, AddressFamily Family);
