using System.Net;
using System.Net.Sockets;
using Berth.Netlink.Route;

namespace Berth.Inspection;

/// <summary>Which addresses are the node's own, as routing decides: those of its links, and what a local route covers.</summary>
internal sealed class LocalAddresses
{
    private readonly HashSet<IPAddress> _addresses;
    private readonly List<IPNetwork> _networks = [];

    internal LocalAddresses(NodeSnapshot snapshot)
    {
        _addresses = [.. (snapshot.Addresses.Value ?? []).Select(static address => address.Address)];
        foreach (RouteEntry route in snapshot.Routes.Value ?? [])
        {
            if (route.Type != RouteType.Local || route.Destination is not IPAddress destination)
            {
                continue;
            }

            // In IPVS mode there are as many of one address as Services have.
            if (route.PrefixLength == destination.GetAddressBytes().Length * 8)
            {
                _addresses.Add(destination);
            }
            else
            {
                _networks.Add(new IPNetwork(destination, route.PrefixLength));
            }
        }
    }

    /// <summary>An address of the node's within a network, 127.0.0.1 first; null when there is none.</summary>
    internal IPAddress? Within(IPNetwork network) =>
        network.Contains(IPAddress.Loopback) ? IPAddress.Loopback
        : network.PrefixLength == network.BaseAddress.GetAddressBytes().Length * 8
            ? Contains(network.BaseAddress) ? network.BaseAddress : null
        : _addresses.FirstOrDefault(network.Contains);

    /// <summary>Whether there is any of a family, as far as is known.</summary>
    internal bool MayHave(AddressFamily family) =>
        _addresses.Count == 0 || _addresses.Any(address => address.AddressFamily == family);

    internal bool Contains(IPAddress address) =>
        _addresses.Contains(address) || _networks.Exists(network => network.Contains(address));
}
