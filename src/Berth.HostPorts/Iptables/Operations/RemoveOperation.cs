using System.Net.Sockets;
using Berth.HostPorts.Nftables;
using Berth.Netlink;
using Berth.NfTables;

namespace Berth.HostPorts.Iptables;

/// <summary>Says what of a table is to go.</summary>
/// <param name="family">The table's family.</param>
/// <param name="table">The table as it is.</param>
/// <param name="removed">Gets the mappings that go.</param>
/// <returns>The input that does it.</returns>
internal delegate RestoreInput RemovalPlan(AddressFamily family, NatTable table, List<MappingElement> removed);

/// <summary>Removes containers' rules from wherever they are: either flavour, either family.</summary>
internal sealed class RemoveOperation
{
    private readonly RemovalPlan _plan;
    private readonly IReadOnlyList<string> _chains;
    private readonly Action<string> _warn;
    private readonly List<MappingElement> _removed = [];
    private readonly List<string> _failures = [];

    /// <param name="plan">Says what is to go.</param>
    /// <param name="chains">Chains that matter whether or not a rule leads there.</param>
    /// <param name="warn">Gets what went wrong without being a reason to fail.</param>
    internal RemoveOperation(RemovalPlan plan, IReadOnlyList<string> chains, Action<string> warn)
    {
        _plan = plan;
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
            else if (place.Flavour == Flavour.Nft)
            {
                RemoveFromKernel(place.Family);
            }
            else
            {
                // A reason to fail would keep the pod from ever going, on a node whose iptables somebody has removed.
                _warn($"rules of {place.Name} stay, for its programs are not installed");
            }
        }

        return _failures.Count == 0
            ? _removed
            : throw new HostPortException($"iptables refused to remove rules: {_failures[0]}");
    }

    // Without its programs the nft flavour is nf_tables like any other.
    private void RemoveFromKernel(AddressFamily family) => Try(mappings =>
    {
        using NfTablesConnection connection = NfTablesConnection.Open();
        Attempts.Run(() =>
        {
            mappings.Clear();
            Generation generation = connection.Generation();
            RestoreInput removal = _plan(family, NftNatTable.ReadOutline(connection, family, _chains), mappings);
            Transaction transaction = new();
            removal.WriteRemovals(transaction, NftNatTable.KernelFamily(family));
            return connection.Commit(transaction, generation);
        });
        return null;
    });

    private void Remove(IptablesPrograms programs) => Try(mappings => TableChange.Run(programs, null, _chains, table =>
    {
        mappings.Clear();
        return _plan(programs.Family, table, mappings);
    }));

    private void Try(Func<List<MappingElement>, string?> remove)
    {
        try
        {
            List<MappingElement> mappings = [];
            string? failure = remove(mappings);
            if (failure is null)
            {
                _removed.AddRange(mappings);
            }
            else
            {
                _failures.Add(failure);
            }
        }
        catch (Exception e) when (e is HostPortException or NetlinkException)
        {
            _failures.Add(e.Message);
        }
    }
}
