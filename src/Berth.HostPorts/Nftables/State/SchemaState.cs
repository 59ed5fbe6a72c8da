using Berth.NfTables;

namespace Berth.HostPorts.Nftables;

/// <summary>
/// What of Berth's table exists in the kernel, compared with what it should be: somebody may have flushed or deleted it,
/// in whole or in part, or an older version may have made it.
/// </summary>
internal sealed class SchemaState
{
    private readonly BerthTable _table;
    private readonly ConditionalNetwork? _network;
    private readonly Dictionary<string, (Set Wanted, Answer<Set>? Actual)> _sets;
    private readonly List<(Chain Wanted, Answer<Chain>? Actual)> _chains = [];
    private readonly Dictionary<string, Answer<Set>> _others = [];
    private Set? _lastSet;
    private Answer<Set>? _lastAnswer;
    private Answer<Table>? _actualTable;
    private Rule[]? _rules;

    internal SchemaState(BerthTable table, ConditionalNetwork? network)
    {
        _table = table;
        _network = network;
        _sets = new(table.Sets.All.Length + (network?.Sets.Length ?? 0));
    }

    internal bool TableExists => _actualTable?.Value is not null;

    private bool IsDormant => _actualTable?.Value is { Flags: not 0 };

    /// <summary>The rules that the table has.</summary>
    internal Rule[] Rules => _rules ?? [];

    /// <summary>Whether those were read.</summary>
    internal bool HasReadRules => _rules is not null;

    /// <summary>Asks for the table.</summary>
    internal void AskTable(Query query) => _actualTable = query.Table(_table.Table);

    /// <summary>
    /// Asks, once it is known whether the table exists, for its sets; with <paramref name="chains"/> for the chains too. Where
    /// there is no table nothing is asked: most nodes have one of the two families.
    /// </summary>
    internal void AskContents(Query query, bool chains)
    {
        foreach (Set set in _table.Sets.All)
        {
            AskSet(query, set);
        }

        if (_network is not null)
        {
            foreach (Set set in _network.Sets)
            {
                AskSet(query, set);
            }
        }

        if (!chains)
        {
            return;
        }

        foreach (Chain chain in _table.Chains)
        {
            AskChain(query, chain);
        }

        if (_network is not null)
        {
            AskChain(query, _network.Chain);
        }
    }

    /// <summary>Asks for all of it, in two sends.</summary>
    internal void Read(NfTablesConnection connection, bool chains)
    {
        Query table = new();
        AskTable(table);
        connection.Ask(table);
        Query contents = new();
        AskContents(contents, chains);
        connection.Ask(contents);
    }

    /// <summary>Reads the rules, which takes a dump, after the rest was asked.</summary>
    internal void ReadRules(NfTablesConnection connection)
    {
        if (TableExists)
        {
            _rules = [.. connection.Rules(_table.Family, TableSets.TableName)];
        }
    }

    /// <summary>
    /// Asks for sets of another network's part of the table: they are not mended, but elements of them may have to be.
    /// </summary>
    internal void ReadOthers(NfTablesConnection connection, List<Set> sets)
    {
        Query query = new();
        _lastSet = null;
        foreach (Set set in sets)
        {
            if (!Knows(set))
            {
                _others.Add(set.Name, query.Set(set));
            }
        }

        connection.Ask(query);
    }

    /// <summary>Whether a set was asked for.</summary>
    internal bool Knows(Set set) => _sets.ContainsKey(set.Name) || _others.ContainsKey(set.Name);

    /// <summary>Whether a set exists with the types that it should have.</summary>
    internal bool IsUsable(Set set) => Actual(set) is Set actual && actual.IsLike(set);

    /// <summary>Whether the kernel says that a set has no elements (6.18 does).</summary>
    internal bool IsEmpty(Set set) => Actual(set)?.Count == 0;

    /// <summary>Whether a set is as it should be, and may have elements: there is something to ask it.</summary>
    internal bool MayHaveElements(Set set) => Actual(set) is Set actual && actual.Count != 0 && actual.IsLike(set);

    /// <summary>What is not as it should be, in words; empty when all is well.</summary>
    internal List<string> Defects()
    {
        string table = _table.Table.ToString();
        List<string> defects = [];
        if (!TableExists)
        {
            return [$"table {table} is missing"];
        }

        if (IsDormant)
        {
            defects.Add($"table {table} is dormant");
        }

        foreach ((Set wanted, Answer<Set>? found) in _sets.Values)
        {
            if (!IsUsable(wanted))
            {
                defects.Add($"{table}: set {wanted.Name} is {(found?.Value is null ? "missing" : "of another type")}");
            }
        }

        foreach ((Chain wanted, Answer<Chain>? found) in _chains)
        {
            if (found?.Value is not Chain actual || actual.Hook != wanted.Hook)
            {
                defects.Add(
                    $"{table}: chain {wanted.Name} is {(found?.Value is null ? "missing" : "not attached as it should be")}");
            }
            else if (!HasItsRules(wanted.Name))
            {
                defects.Add($"{table}: the rules of chain {wanted.Name} are not as they should be");
            }
        }

        return defects;
    }

    /// <summary>
    /// Says in a transaction what makes the table whole. Elements of sets that are as they should be stay.
    /// </summary>
    /// <returns>
    /// False when it is not whole after that, and has to be looked at again: a dormant table is woken by itself, for the
    /// kernel refuses to change its base chains in the same transaction (nf_tables_addchain(), nft_table_pending_update()).
    /// </returns>
    internal bool Repair(Transaction transaction)
    {
        if (IsDormant)
        {
            transaction.Add(_table.Table);
            return false;
        }

        if (Defects().Count == 0)
        {
            return true;
        }

        if (TableExists)
        {
            Clear(transaction);
        }
        else
        {
            transaction.Create(_table.Table);
        }

        foreach ((Set wanted, _) in _sets.Values)
        {
            transaction.Add(wanted);
        }

        foreach ((Chain wanted, _) in _chains)
        {
            transaction.Add(wanted);
        }

        foreach (Rule rule in AllRules())
        {
            transaction.Add(rule);
        }

        return true;
    }

    // Empties the chains, so that what is wrong can be deleted. The chain "conditional" holds other networks' rules: there
    // only what is no network's goes.
    private void Clear(Transaction transaction)
    {
        foreach (Rule stranger in Strangers())
        {
            transaction.Delete(stranger);
        }

        foreach ((Chain wanted, Answer<Chain>? found) in _chains)
        {
            if (found?.Value is not null && wanted.Name != BerthTable.Conditional)
            {
                transaction.Flush(wanted);
            }
        }

        foreach ((Chain wanted, Answer<Chain>? found) in _chains)
        {
            if (found?.Value is Chain actual && actual.Hook != wanted.Hook)
            {
                transaction.Delete(wanted);
            }
        }

        foreach ((Set wanted, Answer<Set>? found) in _sets.Values)
        {
            if (found?.Value is not null && !IsUsable(wanted))
            {
                transaction.Delete(wanted);
            }
        }
    }

    private Set? Actual(Set set)
    {
        // Thousands of keys of one set are asked for one after another.
        if (!ReferenceEquals(set, _lastSet))
        {
            _lastSet = set;
            _lastAnswer = _sets.TryGetValue(set.Name, out var found) ? found.Actual : _others.GetValueOrDefault(set.Name);
        }

        return _lastAnswer?.Value;
    }

    private void AskSet(Query query, Set set)
    {
        _lastSet = null;
        _sets.Add(set.Name, (set, TableExists ? query.Set(set) : null));
    }

    private void AskChain(Query query, Chain chain) => _chains.Add((chain, TableExists ? query.Chain(chain) : null));

    private Rule[] AllRules() => _network is null ? _table.Rules : [.. _table.Rules, .. _network.Rules];

    private static List<Rule> RulesOf(string chain, Rule[] rules)
    {
        List<Rule> found = [];
        foreach (Rule rule in rules)
        {
            if (rule.Chain == chain)
            {
                found.Add(rule);
            }
        }

        return found;
    }

    private List<Rule> Strangers()
    {
        List<Rule> strangers = RulesOf(BerthTable.Conditional, Rules);
        strangers.RemoveAll(NetworkRule.IsOfSomeNetwork);
        return strangers;
    }

    private bool HasItsRules(string chain)
    {
        if (chain == BerthTable.Conditional)
        {
            return Strangers().Count == 0;
        }

        List<Rule> wanted = RulesOf(chain, AllRules());
        List<Rule> actual = RulesOf(chain, Rules);
        if (wanted.Count != actual.Count)
        {
            return false;
        }

        for (int i = 0; i < wanted.Count; i++)
        {
            if (!actual[i].DoesTheSameAs(wanted[i]))
            {
                return false;
            }
        }

        return true;
    }
}
