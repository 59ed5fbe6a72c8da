using System.Net;

namespace Berth.HostPorts.Configuration;

/// <summary>Collects mappings: identical ones merge, and a key that has two targets is found at once.</summary>
internal sealed class MappingList
{
    private readonly Dictionary<(IPAddress? HostIP, TransportProtocol Protocol, ushort HostPort), int> _byKey = [];
    private readonly List<PortMapping> _mappings = [];
    private readonly List<int> _positions = [];

    public IReadOnlyList<PortMapping> Mappings => _mappings;

    /// <summary>Adds a mapping, unless it is there.</summary>
    /// <param name="mapping">The mapping.</param>
    /// <param name="position">Its index in the configuration's list.</param>
    /// <returns>The index of an earlier mapping of the same key to another target, or null.</returns>
    public int? Add(PortMapping mapping, int position)
    {
        if (_byKey.TryGetValue((mapping.HostIP, mapping.Protocol, mapping.HostPort), out int index))
        {
            return _mappings[index].ContainerPort == mapping.ContainerPort ? null : _positions[index];
        }

        _byKey.Add((mapping.HostIP, mapping.Protocol, mapping.HostPort), _mappings.Count);
        _mappings.Add(mapping);
        _positions.Add(position);
        return null;
    }

    public PortMapping this[int position] => _mappings[_positions.IndexOf(position)];
}
