using System.Net;

namespace Berth.HostPorts.Configuration;

/// <summary>
/// Collects mappings: those that say the same merge, and two that claim one (address, protocol, port) for different
/// targets are found at once. "Any address" is any IPv4 and any IPv6 address, so it meets 0.0.0.0 and ::.
/// </summary>
internal sealed class MappingList
{
    private static readonly IPAddress[] AnyAddresses = [IPAddress.Any, IPAddress.IPv6Any];

    private readonly Dictionary<(IPAddress HostIP, TransportProtocol Protocol, ushort HostPort), int> _byKey;
    private readonly List<(PortMapping? Mapping, int Position)> _entries;
    private readonly List<(PortMapping Mapping, int Position)> _ranges = [];

    // A list of nothing but errors may be far longer, and its first entry ends the reading.
    private const int MostExpected = 4096;

    /// <param name="expected">About how many will be added.</param>
    public MappingList(int expected = 0)
    {
        expected = Math.Min(expected, MostExpected);
        _byKey = new(AnyAddresses.Length * expected);
        _entries = new(expected);
    }

    public IReadOnlyList<PortMapping> Mappings
    {
        get
        {
            List<PortMapping> mappings = new(_entries.Count);
            foreach ((PortMapping? mapping, _) in _entries)
            {
                if (mapping is not null)
                {
                    mappings.Add(mapping);
                }
            }

            return mappings;
        }
    }

    /// <summary>Finds an earlier mapping that claims the same for another target; its index in the configuration too.</summary>
    public (PortMapping Mapping, int Position)? FindConflict(PortMapping mapping)
    {
        // A range keeps its ports, so it is at odds with what does not.
        if (mapping.IsRange)
        {
            foreach ((PortMapping? earlier, int position) in _entries)
            {
                if (earlier is { KeepsPort: false } && Meets(earlier, mapping))
                {
                    return (earlier, position);
                }
            }

            return null;
        }

        foreach ((PortMapping range, int position) in mapping.KeepsPort ? [] : _ranges)
        {
            if (Meets(range, mapping))
            {
                return (range, position);
            }
        }

        foreach (IPAddress address in Addresses(mapping))
        {
            if (_byKey.TryGetValue((address, mapping.Protocol, mapping.HostPort), out int index)
                && _entries[index].Mapping is PortMapping earlier && earlier.ContainerPort != mapping.ContainerPort)
            {
                return (earlier, _entries[index].Position);
            }
        }

        return null;
    }

    /// <summary>Adds a mapping, unless an earlier one covers it; where it covers earlier ones it takes their place.</summary>
    public void Add(PortMapping mapping, int position)
    {
        if (mapping.IsRange)
        {
            // Where ranges overlap they say the same, and whoever makes something of them takes each port once.
            AddRange(mapping, position);
            return;
        }

        ReadOnlySpan<IPAddress> addresses = Addresses(mapping);
        int covered = 0;
        int place = -1;
        foreach (IPAddress address in addresses)
        {
            if (_byKey.TryGetValue((address, mapping.Protocol, mapping.HostPort), out int index))
            {
                covered++;
                place = place < 0 ? index : Math.Min(place, index);
            }
        }

        if (covered == addresses.Length)
        {
            // Two narrow ones may cover "any address" between them; one that does alone stays as it is.
            if (mapping.HostIP is not null || _entries[place].Mapping!.HostIP is null)
            {
                return;
            }
        }

        if (place < 0)
        {
            place = _entries.Count;
            _entries.Add(default);
        }

        foreach (IPAddress address in addresses)
        {
            if (covered > 0 && _byKey.TryGetValue((address, mapping.Protocol, mapping.HostPort), out int index))
            {
                _entries[index] = default;
            }

            _byKey[(address, mapping.Protocol, mapping.HostPort)] = place;
        }

        _entries[place] = (mapping, position);
    }

    private void AddRange(PortMapping mapping, int position)
    {
        if (!_ranges.Exists(range => range.Mapping == mapping))
        {
            _ranges.Add((mapping, position));
            _entries.Add((mapping, position));
        }
    }

    private static bool Meets(PortMapping left, PortMapping right)
    {
        if (left.Protocol != right.Protocol || !left.HostPorts.Overlaps(right.HostPorts))
        {
            return false;
        }

        foreach (IPAddress address in Addresses(left))
        {
            foreach (IPAddress other in Addresses(right))
            {
                if (address.Equals(other))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static ReadOnlySpan<IPAddress> Addresses(PortMapping mapping) =>
        mapping.HostIP is null ? AnyAddresses : (IPAddress[])[mapping.HostIP];
}
