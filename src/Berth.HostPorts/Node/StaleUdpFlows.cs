using System.Net;
using System.Net.Sockets;
using Berth.HostPorts.Configuration;
using Berth.Netlink;
using Berth.Netlink.Conntrack;

namespace Berth.HostPorts;

/// <summary>
/// Tracked UDP flows outlive the rules that made them: a client that goes on sending keeps reaching a dead pod, or nobody.
/// They are deleted one by one, and only those that a mapping is about: its protocol, port, and one of the node's own
/// addresses.
/// </summary>
internal sealed class StaleUdpFlows : IDisposable
{
    private const byte Udp = 17;

    private readonly PodLinks _node;
    private readonly Dictionary<IPAddress, bool> _local = [];
    private readonly Lazy<ConntrackConnection> _connection = new(ConntrackConnection.Open);

    internal StaleUdpFlows(PodLinks node) => _node = node;

    /// <summary>Deletes the flows to these ports of the node for which <paramref name="isStale"/> holds.</summary>
    /// <param name="family">IPv4 or IPv6.</param>
    /// <param name="ports">The node's ports.</param>
    /// <param name="isStale">Decides about a flow to one of the node's own addresses.</param>
    /// <exception cref="NetlinkErrorException">The kernel has no connection tracking to ask, or refuses.</exception>
    internal void Delete(AddressFamily family, IReadOnlyCollection<PortBlock> ports, Predicate<Flow> isStale)
    {
        HashSet<ushort> singles = [];
        List<PortBlock> ranges = [];
        foreach (PortBlock block in ports)
        {
            if (block.IsOne)
            {
                singles.Add(block.First);
            }
            else
            {
                ranges.Add(block);
            }
        }

        if (singles.Count + ranges.Count == 0)
        {
            return;
        }

        ushort? only = null;
        foreach (ushort port in singles)
        {
            only = singles.Count == 1 && ranges.Count == 0 ? port : null;
        }

        FlowFilter filter = new(family) { Protocol = Udp, OriginalDestinationPort = only };
        foreach (Flow flow in _connection.Value.Flows(filter))
        {
            ushort port = flow.Original.DestinationPort;
            if ((singles.Contains(port) || ranges.Exists(range => range.Contains(port)))
                && IsLocal(flow.Original.Destination) && isStale(flow))
            {
                _connection.Value.Delete(flow);
            }
        }
    }

    public void Dispose()
    {
        if (_connection.IsValueCreated)
        {
            _connection.Value.Dispose();
        }
    }

    private bool IsLocal(IPAddress address)
    {
        if (!_local.TryGetValue(address, out bool isLocal))
        {
            isLocal = _node.IsLocal(address);
            _local.Add(address, isLocal);
        }

        return isLocal;
    }
}
