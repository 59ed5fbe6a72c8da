using Berth.NfTables;

namespace Berth.HostPorts.Nftables;

/// <summary>
/// The parts of a family's table, in the order in which a packet meets them. The rules in the chain "conditional" say which
/// networks have one, the one that a plan is about to make included: a part that no rule leads to counts only for the network
/// itself.
/// </summary>
internal sealed class TableParts
{
    private readonly BerthTable _table;
    private readonly ConditionalNetwork _own;
    private readonly List<TablePart> _parts = [];

    /// <param name="table">The table.</param>
    /// <param name="own">The part of the network concerned, which may not be there.</param>
    /// <param name="rules">The table's rules.</param>
    /// <param name="wanted">The network's own rule, as it is to be; null where nothing is planned.</param>
    internal TableParts(BerthTable table, ConditionalNetwork own, Rule[] rules, NetworkRule? wanted)
    {
        _table = table;
        _own = own;
        foreach (Rule rule in rules)
        {
            if (rule.Chain == BerthTable.Conditional && NetworkRule.NetworkOf(rule) is string network
                && !_parts.Exists(part => part.Network == network))
            {
                bool isReplaced = wanted is { IsWanted: true } && wanted.Terms.Network == network;
                _parts.Add(Make(network, isReplaced ? wanted!.Conditions : NetworkRule.ConditionsOf(rule)));
            }
        }

        if (wanted is { IsWanted: true } && !_parts.Exists(part => part.Network == wanted.Terms.Network))
        {
            _parts.Add(Make(wanted.Terms.Network!, wanted.Conditions));
        }

        _parts.Add(new TablePart(table.Sets.Anywhere, table.Sets.AtAddress, null));
    }

    internal List<TablePart> All => _parts;

    /// <summary>A network's part, whether or not a rule leads there; that of all networks for null.</summary>
    internal TablePart Of(string? network)
    {
        if (_parts.Find(part => part.Network == network) is TablePart known)
        {
            return known;
        }

        TablePart part = Make(network!, NetworkRule.UnknownConditions(network!));
        _parts.Insert(0, part);
        return part;
    }

    /// <summary>Where a claim stood.</summary>
    internal PortLane LaneOf(SupersededClaim claim) =>
        Of(claim.Network).Lane(PortLane.PrefixOf(claim.Host, claim.Protocol));

    /// <summary>Whether a packet meets one network's part before another's.</summary>
    internal bool IsMetBefore(string? network, string? other) =>
        _parts.FindIndex(part => part.Network == network) < _parts.FindIndex(part => part.Network == other);

    private TablePart Make(string network, string? conditions) => network == _own.Anywhere.Network
        ? new TablePart(_own.Anywhere, _own.AtAddress, conditions)
        : new TablePart(_table.Sets.Anywhere.Of(network), _table.Sets.AtAddress.Of(network), conditions);
}
