using System.Net;
using System.Net.Sockets;
using Berth.Netlink.Route;

namespace Berth.Inspection;

/// <summary>What no type says of a snapshot's networks: a prefix has no more bits than its address.</summary>
internal static class SnapshotPrefixes
{
    /// <exception cref="SnapshotException">It is not so.</exception>
    internal static void Check(NodeSnapshot snapshot)
    {
        foreach (LinkAddress address in snapshot.Addresses.Value ?? [])
        {
            Check("addresses", address.Address, address.PrefixLength);
        }

        foreach (RouteEntry route in snapshot.Routes.Value ?? [])
        {
            Check("routes", route.Destination, route.PrefixLength);
        }

        foreach (PolicyRule rule in snapshot.Rules.Value ?? [])
        {
            Check("rules", rule.Source, rule.SourcePrefixLength);
            Check("rules", rule.Destination, rule.DestinationPrefixLength);
        }
    }

    private static void Check(string part, IPAddress? address, byte prefixLength)
    {
        int most = address?.AddressFamily == AddressFamily.InterNetwork ? 32 : 128;
        if (prefixLength > most)
        {
            throw new SnapshotException($"its part \"{part}\" has a prefix of {prefixLength} bits for {address?.ToString() ?? "no address"}, which has {most}");
        }
    }
}
