using System.Net;
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
            if (route.Type == RouteType.Local && route.Destination is IPAddress destination)
            {
                _networks.Add(new IPNetwork(destination, route.PrefixLength));
            }
        }
    }

    internal bool Contains(IPAddress address) =>
        _addresses.Contains(address) || _networks.Exists(network => network.Contains(address));
}
