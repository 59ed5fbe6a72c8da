using System.Net;

namespace Berth.Kernel.Tests.Topology;

/// <summary>The addresses of a node and its surroundings, the same in every test: the namespaces keep them apart.</summary>
internal static class Plan
{
    internal static IPAddress Loopback(Family family) =>
        family == Family.IPv4 ? IPAddress.Loopback : IPAddress.IPv6Loopback;

    /// <summary>The node's address on its uplink.</summary>
    internal static IPAddress Node(Family family) => Pick(family, "192.0.2.1", "2001:db8:1::1");

    /// <summary>The node's second address on its uplink.</summary>
    internal static IPAddress NodeSecond(Family family) => Pick(family, "198.51.100.1", "2001:db8:2::1");

    /// <summary>The machine outside, on the network of the node's address.</summary>
    internal static IPAddress Outside(Family family) => Pick(family, "192.0.2.2", "2001:db8:1::2");

    /// <summary>The machine outside, on the network of the node's second address.</summary>
    internal static IPAddress OutsideSecond(Family family) => Pick(family, "198.51.100.2", "2001:db8:2::2");

    /// <summary>A network that is behind the node for the machine outside, and that nobody has an address in.</summary>
    internal static IPAddress Nobody(Family family) => Pick(family, "203.0.113.9", "2001:db8:9::9");

    /// <summary>The node's address on a pod network.</summary>
    internal static IPAddress Gateway(Family family, int network) => Pod(family, network, 1);

    /// <summary>A pod's address; numbers start at 2.</summary>
    internal static IPAddress Pod(Family family, int network, int number) =>
        Pick(family, $"10.{network}.0.{number}", $"fd00:{network}::{number}");

    internal static int PrefixLength(Family family) => family == Family.IPv4 ? 24 : 64;

    private static IPAddress Pick(Family family, string ipv4, string ipv6) =>
        IPAddress.Parse(family == Family.IPv4 ? ipv4 : ipv6);
}
