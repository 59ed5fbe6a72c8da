using Berth.NfTables;

namespace Berth.HostPorts.Nftables;

/// <summary>
/// The part of the table that belongs to a network whose configuration has conditions: maps and a chain of its own, and one
/// rule in the chain "conditional" (<see cref="NetworkRule"/>) that jumps there when the conditions hold. So they govern this network and no other.
/// </summary>
internal sealed class ConditionalNetwork
{
    internal ConditionalNetwork(NfFamily family, string network)
    {
        string suffix = Suffix(AttachmentId.NetworkKey(network));
        TableSets sets = new(family);
        HostPorts = sets.HostPorts with { Name = $"{sets.HostPorts.Name}_{suffix}" };
        HostPortsAt = sets.HostPortsAt with { Name = $"{sets.HostPortsAt.Name}_{suffix}" };
        Chain = new Chain(family, TableSets.TableName, ChainName(AttachmentId.NetworkKey(network)));
        Rules = [.. BerthTable.LookupRules(family, Chain.Name, HostPortsAt, HostPorts, sets.NoLocalhost)];
    }

    /// <summary>The name of a network's chain, by its key.</summary>
    internal static string ChainName(string networkKey) => $"network_{Suffix(networkKey)}";

    internal Set HostPorts { get; }

    internal Set HostPortsAt { get; }

    internal Chain Chain { get; }

    internal IReadOnlyList<Rule> Rules { get; }

    // nft accepts '-' within a name but reads a leading one as a number's sign; '.' is what the key never has.
    private static string Suffix(string key) => key.Replace('-', '.');
}
