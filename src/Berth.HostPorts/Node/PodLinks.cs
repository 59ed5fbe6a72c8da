using System.Net;
using System.Net.Sockets;
using Berth.Netlink.Route;

namespace Berth.HostPorts;

/// <summary>The node's interfaces towards pods, as its routes say.</summary>
internal sealed class PodLinks : IDisposable
{
    private RouteConnection? _connection;

    /// <summary>The name of the interface by which the node reaches an address; null when there is no route.</summary>
    internal string? Towards(IPAddress address)
    {
        _connection ??= RouteConnection.Open();
        return _connection.FindRoute(address) is RouteEntry { OutputInterface: int index }
            ? Interop.InterfaceName(index)
            : null;
    }

    /// <summary>The addresses of an interface, but for link-local ones; none when there is no such interface.</summary>
    internal List<IPAddress> AddressesOf(string link, AddressFamily family)
    {
        List<IPAddress> addresses = [];
        int index = Interop.InterfaceIndex(link);
        if (index == 0)
        {
            return addresses;
        }

        _connection ??= RouteConnection.Open();
        foreach (LinkAddress address in _connection.Addresses(family, index))
        {
            if (!address.Address.IsIPv6LinkLocal)
            {
                addresses.Add(address.Address);
            }
        }

        return addresses;
    }

    /// <summary>Whether an address is one of the node's own.</summary>
    internal bool IsLocal(IPAddress address)
    {
        _connection ??= RouteConnection.Open();
        return _connection.IsLocal(address);
    }

    public void Dispose() => _connection?.Dispose();
}
