using Berth.NfTables;

namespace Berth.Inspection;

/// <summary>Where the walk has nf_tables' chains and sets from. It asks for what a packet reaches, and for nothing else.</summary>
internal abstract class NftSource
{
    /// <summary>All base chains of tables that are not dormant, without their rules.</summary>
    internal abstract IReadOnlyList<Chain> BaseChains();

    /// <summary>All flow tables of tables that are not dormant.</summary>
    internal abstract IReadOnlyList<FlowTable> FlowTables();

    internal abstract IReadOnlyList<RulesetRule> Rules(NfFamily family, string table, string chain);

    /// <summary>A set or map with its elements; null when there is none.</summary>
    internal abstract RulesetSet? Set(NfFamily family, string table, string name);
}

/// <summary>Those of a snapshot.</summary>
internal sealed class SnapshotNftSource(Ruleset ruleset) : NftSource
{
    internal override IReadOnlyList<Chain> BaseChains()
    {
        List<Chain> chains = [];
        foreach (RulesetTable table in ruleset.Tables)
        {
            foreach (RulesetChain chain in table.Chains)
            {
                if (chain.Hook is not null && !table.IsDormant)
                {
                    chains.Add(new Chain(table.Family, table.Name, chain.Name) { Hook = chain.Hook, Handle = chain.Handle });
                }
            }
        }

        return chains;
    }

    internal override IReadOnlyList<FlowTable> FlowTables() =>
    [
        .. ruleset.Tables.Where(static table => !table.IsDormant).SelectMany(static table => (table.FlowTables ?? []).Select(
            flowTable => new FlowTable(table.Family, table.Name, flowTable.Name, flowTable.Devices))),
    ];

    internal override IReadOnlyList<RulesetRule> Rules(NfFamily family, string table, string chain) =>
        Table(family, table)?.Chains.FirstOrDefault(candidate => candidate.Name == chain)?.Rules ?? [];

    internal override RulesetSet? Set(NfFamily family, string table, string name) =>
        Table(family, table)?.Sets.FirstOrDefault(set => set.Name == name);

    private RulesetTable? Table(NfFamily family, string name) =>
        ruleset.Tables.FirstOrDefault(table => table.Family == family && table.Name == name);
}
