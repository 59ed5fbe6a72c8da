using System.Net;
using System.Net.Sockets;
using Berth.Netlink.Route;

namespace Berth.Inspection;

/// <summary>The node's policy rules and routes, and what they decide.</summary>
internal sealed class RoutingTables
{
    private const uint Local = 255;

    private readonly Dictionary<(AddressFamily, uint), List<RouteEntry>> _tables = [];

    internal RoutingTables(WalkNode node)
    {
        foreach (RouteEntry route in node.Snapshot.Routes.Value ?? [])
        {
            AddressFamily family = FamilyOf(route);
            if (!_tables.TryGetValue((family, route.Table), out List<RouteEntry>? table))
            {
                _tables.Add((family, route.Table), table = []);
            }

            table.Add(route);
        }
    }

    /// <summary>
    /// The type of an address (inet_addr_type()): unicast where nothing says more. With a link, only what that link has
    /// is local (addrtype's --limit-iface-in and -out, fib's iif and oif).
    /// </summary>
    internal RouteType TypeOf(IPAddress address, Link? link)
    {
        if (address.AddressFamily == AddressFamily.InterNetwork)
        {
            byte first = address.GetAddressBytes()[0];
            if (first == 0 || address.Equals(IPAddress.Broadcast))
            {
                return RouteType.Broadcast; // ipv4_is_zeronet() and lbcast
            }

            if (first is >= 224 and < 240)
            {
                return RouteType.Multicast;
            }
        }
        else if (address.IsIPv6Multicast)
        {
            return RouteType.Multicast;
        }

        RouteEntry? route = Best(Table(address.AddressFamily, Local), address, null);
        return route is not null && (link is null || route.OutputInterface == link.Index) ? route.Type : RouteType.Unicast;
    }

    private List<RouteEntry> Table(AddressFamily family, uint table) => _tables.GetValueOrDefault((family, table)) ?? [];

    // The longest prefix, then the smallest metric.
    private static RouteEntry? Best(List<RouteEntry> table, IPAddress address, int? output)
    {
        RouteEntry? best = null;
        foreach (RouteEntry route in table)
        {
            if ((route.Destination is null || Covers(route.Destination, route.PrefixLength, address))
                && (output is null || route.OutputInterface == output)
                && (best is null || route.PrefixLength > best.PrefixLength
                    || (route.PrefixLength == best.PrefixLength && route.Priority < best.Priority)))
            {
                best = route;
            }
        }

        return best;
    }

    private static bool Covers(IPAddress network, int prefixLength, IPAddress address) =>
        network.AddressFamily == address.AddressFamily && new IPNetwork(network, prefixLength).Contains(address);

    private static AddressFamily FamilyOf(RouteEntry route) => route.Family switch
    {
        2 => AddressFamily.InterNetwork,
        10 => AddressFamily.InterNetworkV6,
        // A file of an earlier version of Berth: of a default route its router or its source tells.
        _ => (route.Destination ?? route.Gateway ?? route.PreferredSource)?.AddressFamily ?? AddressFamily.InterNetwork,
    };
}
