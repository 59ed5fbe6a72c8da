using System.Net;
using Berth.HostPorts.Configuration;
using Berth.NfTables;

namespace Berth.HostPorts.Nftables;

/// <summary>The lanes of mappings in a family's table, asked for one after another: most are in the lane of the one before.</summary>
internal sealed class PortLanes
{
    private readonly BerthTable _table;
    private readonly ConditionalNetwork? _network;
    private PortMapping? _last;
    private PortLane? _lane;

    /// <param name="table">The family's table.</param>
    /// <param name="network">The part of the table that the mappings' network has, if it has conditions.</param>
    internal PortLanes(BerthTable table, ConditionalNetwork? network)
    {
        _table = table;
        _network = network;
    }

    /// <summary>A mapping's lane; null when it does not concern the family.</summary>
    internal PortLane? Of(PortMapping mapping)
    {
        if (_last is null || _last.Protocol != mapping.Protocol || !Equals(_last.HostIP, mapping.HostIP))
        {
            _last = mapping;
            _lane = Make((byte)mapping.Protocol, mapping.HostIP);
        }

        return _lane;
    }

    private PortLane? Make(byte protocol, IPAddress? host)
    {
        if (host is null || IsAny(host))
        {
            return PortLane.Make(_network?.Anywhere ?? _table.Sets.Anywhere, null, protocol);
        }

        return PortPlace.IsOf(host, _table.Family)
            ? PortLane.Make(_network?.AtAddress ?? _table.Sets.AtAddress, host, protocol)
            : null;
    }

    private bool IsAny(IPAddress host) =>
        PortPlace.IsOf(host, _table.Family) && (host.Equals(IPAddress.Any) || host.Equals(IPAddress.IPv6Any));
}
