using Berth.NfTables;

namespace Berth.Inspection;

/// <summary>A table of nf_tables: its chains and sets, each read and indexed once.</summary>
internal sealed class NftTable(NftSource source, NfFamily family, string name, WalkNode node)
{
    private readonly Dictionary<string, IReadOnlyList<WalkRule>> _chains = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SetIndex?> _sets = new(StringComparer.Ordinal);

    internal NfFamily Family => family;

    internal string Name => name;

    internal string? LinkName(uint index) => node.Link((int)index)?.Name;

    internal IReadOnlyList<WalkRule> Rules(string chain)
    {
        if (!_chains.TryGetValue(chain, out IReadOnlyList<WalkRule>? rules))
        {
            rules = [.. source.Rules(family, name, chain).Select(rule =>
                IptablesPrograms.FromNft(node.Snapshot, family, name, chain, rule) ?? new NftRule(this, chain, rule))];
            _chains.Add(chain, rules);
        }

        return rules;
    }

    /// <summary>A set or map; null when there is none.</summary>
    internal SetIndex? Set(string set)
    {
        if (!_sets.TryGetValue(set, out SetIndex? index))
        {
            index = source.Set(family, name, set) is RulesetSet found ? new SetIndex(found) : null;
            _sets.Add(set, index);
        }

        return index;
    }
}
