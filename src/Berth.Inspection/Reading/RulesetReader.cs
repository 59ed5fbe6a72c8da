using Berth.Netlink;
using Berth.NfTables;

namespace Berth.Inspection;

/// <summary>Reads the nf_tables ruleset as one state: again, when it was changed meanwhile.</summary>
internal static class RulesetReader
{
    private const int Attempts = 4;

    internal static Part<Ruleset> Read()
    {
        using NfTablesConnection connection = NfTablesConnection.Open();
        Generation generation;
        try
        {
            generation = connection.Generation();
        }
        catch (NetlinkErrorException e) when (e.Errno == Errno.Invalid)
        {
            // nfnetlink_rcv_msg(): the subsystem is neither there nor can be loaded.
            return Part.Absent<Ruleset>("this kernel has no nf_tables");
        }

        for (int attempt = 1; ; attempt++)
        {
            List<RulesetTable> tables = [];
            IReadOnlyList<FlowTable> flowTables = connection.FlowTables();
            foreach (Table table in connection.Tables())
            {
                tables.Add(ReadTable(connection, table, flowTables));
            }

            Generation after = connection.Generation();
            if (after.Id == generation.Id || attempt == Attempts)
            {
                return Part.Of(new Ruleset(after.Id, after.Id == generation.Id, tables));
            }

            generation = after;
        }
    }

    private static RulesetTable ReadTable(NfTablesConnection connection, Table table, IReadOnlyList<FlowTable> flowTables)
    {
        List<RulesetChain> chains = [];
        foreach (Chain chain in connection.Chains(table.Family))
        {
            // The kernel does not filter chains by table.
            if (chain.Table == table.Name)
            {
                chains.Add(new RulesetChain(chain.Name, chain.Handle, chain.Hook, ReadRules(connection, chain)));
            }
        }

        List<RulesetSet> sets = [];
        IReadOnlyList<SetCapacity>? capacities = null;
        foreach (Set set in connection.Sets(table.Family, table.Name))
        {
            if (SetCapacityReader.IsAsked(set))
            {
                capacities ??= SetCapacityReader.Read(table.Family, table.Name);
            }

            sets.Add(OneOf(set, connection.Elements(set), capacities ?? []));
        }

        List<RulesetFlowTable> own = [];
        foreach (FlowTable flowTable in flowTables)
        {
            if (flowTable.Family == table.Family && flowTable.Table == table.Name)
            {
                own.Add(new RulesetFlowTable(flowTable.Name, flowTable.Devices));
            }
        }

        return new RulesetTable(table.Family, table.Name, table.Flags, chains, sets) { FlowTables = own.Count > 0 ? own : null };
    }

    /// <summary>A set with its elements, and its room where that was read.</summary>
    internal static RulesetSet OneOf(Set set, IReadOnlyList<Element> elements, IReadOnlyList<SetCapacity> capacities)
    {
        SetCapacity? capacity = capacities.FirstOrDefault(capacity => capacity.Name == set.Name);
        return new RulesetSet(set.Name, set.Handle, set.Flags, set.KeyType, set.ValueType, set.FieldLengths, elements)
        {
            Size = capacity?.Size,
            Count = capacity?.Count,
        };
    }

    // Chain by chain: for each piece of a table's dump the kernel walks again over all rules that it sent before
    // (__nf_tables_dump_rules()), which at 60,000 rules takes seconds. A chain it finds by its name.
    private static List<RulesetRule> ReadRules(NfTablesConnection connection, Chain chain)
    {
        List<RulesetRule> rules = [];
        foreach (Rule rule in connection.Rules(chain.Family, chain.Table, chain.Name))
        {
            rules.Add(new RulesetRule(rule.Handle, rule.Expressions, rule.Comment));
        }

        return rules;
    }
}
