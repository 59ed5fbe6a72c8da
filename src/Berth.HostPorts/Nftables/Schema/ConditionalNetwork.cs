using Berth.NfTables;

namespace Berth.HostPorts.Nftables;

/// <summary>
/// The part of the table that belongs to a network whose configuration has conditions: maps and a chain of its own, and one
/// rule in the chain "conditional" (<see cref="NetworkRule"/>) that jumps there when the conditions hold. So they govern this network and no other.
/// </summary>
internal sealed class ConditionalNetwork
{
    private readonly NfFamily _family;
    private readonly Set? _noLocalhost;
    private Rule[]? _rules;

    internal ConditionalNetwork(NfFamily family, TableSets sets, string network)
    {
        string key = AttachmentId.NetworkKey(network);
        _family = family;
        _noLocalhost = sets.NoLocalhost;
        Anywhere = sets.Anywhere.Of(key);
        AtAddress = sets.AtAddress.Of(key);
        Chain = new Chain(family, TableSets.TableName, ChainName(key));
    }

    /// <summary>The name of a network's chain, by its key.</summary>
    internal static string ChainName(string networkKey) => $"network_{PortMaps.Suffix(networkKey)}";

    /// <summary>See <see cref="TableSets.Anywhere"/>.</summary>
    internal PortMaps Anywhere { get; }

    /// <summary>See <see cref="TableSets.AtAddress"/>.</summary>
    internal PortMaps AtAddress { get; }

    internal Set[] Sets => [.. Anywhere.All, .. AtAddress.All];

    internal Chain Chain { get; }

    internal Rule[] Rules =>
        _rules ??= [.. BerthTable.LookupRules(_family, Chain.Name, AtAddress, Anywhere, _noLocalhost)];
}
