using Berth.NfTables;

namespace Berth.HostPorts.Nftables;

/// <summary>
/// The part of the table that belongs to a network whose configuration has conditions: maps and a chain of its own, and one
/// rule in the chain "conditional" that jumps there when the conditions hold. So they govern this network and no other.
/// </summary>
internal sealed class ConditionalNetwork
{
    private readonly NfFamily _family;
    private readonly string _network;

    internal ConditionalNetwork(NfFamily family, string network)
    {
        _family = family;
        _network = network;
        string suffix = Suffix(AttachmentId.NetworkKey(network));
        TableSets sets = new(family);
        HostPorts = sets.HostPorts with { Name = $"{sets.HostPorts.Name}_{suffix}" };
        HostPortsAt = sets.HostPortsAt with { Name = $"{sets.HostPortsAt.Name}_{suffix}" };
        Chain = new Chain(family, TableSets.TableName, $"network_{suffix}");
        Rules = [.. BerthTable.LookupRules(family, Chain.Name, HostPortsAt, HostPorts)];
    }

    internal Set HostPorts { get; }

    internal Set HostPortsAt { get; }

    internal Chain Chain { get; }

    internal IReadOnlyList<Rule> Rules { get; }

    /// <summary>
    /// The rule that leads here. Its comment holds a digest of the conditions' text, which stands for what anonymous sets
    /// hold when two such rules are compared.
    /// </summary>
    internal Rule Entry(ConditionProgram conditions, string digest) => new(
        _family,
        TableSets.TableName,
        BerthTable.Conditional,
        [.. conditions.Expressions, new Immediate(Verdict.Jump(Chain.Name))])
    {
        Comment = $"{OwnerComment.Version} {digest} network {OwnerLabel.CleanNetwork(_network)}",
    };

    /// <summary>Whether a rule of the chain "conditional" is this network's.</summary>
    internal bool IsEntry(Rule rule) => rule.Expressions is [.., Immediate { Verdict: { Kind: VerdictKind.Jump } verdict }]
        && verdict.Chain == Chain.Name;

    // nft accepts '-' within a name but reads a leading one as a number's sign; '.' is what the key never has.
    private static string Suffix(string key) => key.Replace('-', '.');
}
