using System.Net;
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
            ? _connection.FindLink(index)?.Name
            : null;
    }

    /// <summary>Whether an address is one of the node's own.</summary>
    internal bool IsLocal(IPAddress address)
    {
        _connection ??= RouteConnection.Open();
        return _connection.IsLocal(address);
    }

    public void Dispose() => _connection?.Dispose();
}
