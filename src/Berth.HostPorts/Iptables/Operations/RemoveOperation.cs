using Berth.HostPorts.Nftables;

namespace Berth.HostPorts.Iptables;

/// <summary>Removes containers' chains from wherever they are: either flavour, either family.</summary>
internal sealed class RemoveOperation
{
    private readonly Func<NatTable, IReadOnlyCollection<string>> _chains;
    private readonly Action<string> _warn;
    private readonly List<MappingElement> _removed = [];
    private readonly List<string> _failures = [];

    /// <param name="chains">Says which chains of a table are to go.</param>
    /// <param name="warn">Gets what went wrong without being a reason to fail.</param>
    internal RemoveOperation(Func<NatTable, IReadOnlyCollection<string>> chains, Action<string> warn)
    {
        _chains = chains;
        _warn = warn;
    }

    /// <summary>Does it.</summary>
    /// <param name="places">Where such chains are.</param>
    /// <returns>The mappings that were removed.</returns>
    /// <exception cref="HostPortException">Something could not be removed; all else was.</exception>
    internal IReadOnlyList<MappingElement> Run(IReadOnlyList<ChainPlace> places)
    {
        if (places.Count == 0)
        {
            return [];
        }

        using NodeLock nodeLock = IptablesLock.Take();
        foreach (ChainPlace place in places)
        {
            if (IptablesPrograms.Of(place.Family, place.Flavour) is IptablesPrograms programs)
            {
                Remove(programs);
            }
            else
            {
                // A reason to fail would keep the pod from ever going, on a node whose iptables somebody has removed.
                _warn($"rules of iptables ({place.Flavour}, {place.Family}) stay, for its programs are not installed");
            }
        }

        return _failures.Count == 0
            ? _removed
            : throw new HostPortException($"iptables refused to remove rules: {_failures[0]}");
    }

    private void Remove(IptablesPrograms programs)
    {
        try
        {
            List<MappingElement> mappings = [];
            string? failure = TableChange.Run(programs, null, table =>
            {
                IReadOnlyCollection<string> chains = _chains(table);
                mappings.Clear();
                foreach (string chain in chains)
                {
                    mappings.AddRange(SavedMappings.Of(table, chain));
                }

                return Removal.Make(table, chains);
            });
            if (failure is null)
            {
                _removed.AddRange(mappings);
            }
            else
            {
                _failures.Add(failure);
            }
        }
        catch (HostPortException e)
        {
            _failures.Add(e.Message);
        }
    }
}
