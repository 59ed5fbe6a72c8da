using Berth.HostPorts.Nftables;
using Berth.NfTables;

namespace Berth.HostPorts.Tests.Kernel;

/// <summary>
/// Each thing that can be wrong with the table, one at a time: it is found, mended in one transaction, and nothing that
/// was right is lost.
/// </summary>
public class RepairTests() : KernelTests(withLinks: false)
{
    private const string Network = "conditional";

    public static TheoryData<NfFamily, string> Chains { get; } = Of(
        static family => new BerthTable(family).Chains.Select(static chain => chain.Name)
            .Append(new BerthTable(family).NetworkWithConditions(Network).Chain.Name));

    public static TheoryData<NfFamily, string> BaseChains { get; } = Of(
        static family => new BerthTable(family).Chains.Where(static chain => chain.Hook is not null)
            .Select(static chain => chain.Name));

    public static TheoryData<NfFamily, string> SetNames { get; } = Of(
        static family => new BerthTable(family).Sets.All.Select(static set => set.Name)
            .Concat(new BerthTable(family).NetworkWithConditions(Network).Sets.Select(static set => set.Name)));

    /// <summary>Every rule by its place in its chain; those of "conditional" are not the table's own.</summary>
    public static TheoryData<NfFamily, string> RuleNames { get; } = Of(
        static family => AllRules(family).GroupBy(static rule => rule.Chain)
            .SelectMany(static chain => chain.Select((_, i) => $"{chain.Key} {i}")));

    [Theory]
    [MemberData(nameof(RuleNames))]
    public void A_rule_that_is_missing_comes_back(NfFamily family, string rule) => BreakAndRepair(
        family, () => Tool.Nft($"delete rule {Place(family, rule)} handle {Handle(family, rule)}"), "the rules of chain");

    [Theory]
    [MemberData(nameof(RuleNames))]
    public void A_rule_that_is_another_becomes_itself(NfFamily family, string rule) => BreakAndRepair(
        family, () => Tool.Nft($"replace rule {Place(family, rule)} handle {Handle(family, rule)} counter"), "the rules of chain");

    [Theory]
    [MemberData(nameof(RuleNames))]
    public void A_rule_that_stands_twice_stands_once(NfFamily family, string rule) => BreakAndRepair(
        family,
        () =>
        {
            Transaction transaction = new();
            transaction.Add(Find(family, rule));
            Assert.True(Connection.Commit(transaction));
        },
        "the rules of chain");

    [Theory]
    [MemberData(nameof(Chains))]
    public void A_strangers_rule_goes(NfFamily family, string chain) => BreakAndRepair(
        family,
        () => Tool.Nft($"insert rule {Text(family)} berth {chain} counter accept"),
        "the rules of chain");

    [Theory]
    [MemberData(nameof(Chains))]
    public void An_emptied_chain_is_filled(NfFamily family, string chain) => BreakAndRepair(
        family,
        () => Tool.Nft($"flush chain {Text(family)} berth {chain}"),
        chain == BerthTable.Conditional ? null : "the rules of chain");

    [Theory]
    [MemberData(nameof(Chains))]
    public void A_chain_that_is_missing_comes_back(NfFamily family, string chain) => BreakAndRepair(
        family,
        () =>
        {
            DeleteJumpsTo(family, chain);
            Tool.Nft($"flush chain {Text(family)} berth {chain}");
            Tool.Nft($"delete chain {Text(family)} berth {chain}");
        },
        $"chain {chain} is missing");

    [Theory]
    [MemberData(nameof(BaseChains))]
    public void A_base_chain_at_another_priority_moves_to_its_own(NfFamily family, string chain) =>
        BreakAndRepair(family, () => MakeAnew(family, chain, "priority 7"), "not attached as it should be");

    [Theory]
    [MemberData(nameof(BaseChains))]
    public void A_base_chain_that_drops_by_policy_drops_no_more(NfFamily family, string chain)
    {
        string priority = new BerthTable(family).Chains.Single(wanted => wanted.Name == chain).Hook!.Priority.ToString();
        BreakAndRepair(
            family, () => MakeAnew(family, chain, $"priority {priority}; policy drop"), "not attached as it should be");
    }

    [Theory]
    [MemberData(nameof(BaseChains))]
    public void A_base_chain_that_hangs_on_no_hook_is_hung_up(NfFamily family, string chain) => BreakAndRepair(
        family,
        () =>
        {
            Tool.Nft($"flush chain {Text(family)} berth {chain}");
            Tool.Nft($"delete chain {Text(family)} berth {chain}");
            Tool.Nft($"add chain {Text(family)} berth {chain}");
        },
        "not attached as it should be");

    [Theory]
    [MemberData(nameof(SetNames))]
    public void A_set_that_is_missing_comes_back(NfFamily family, string set) =>
        BreakAndRepair(family, () => DeleteSet(family, set), $"set {set} is missing", lost: set);

    [Theory]
    [MemberData(nameof(SetNames))]
    public void A_set_of_another_type_becomes_itself(NfFamily family, string set) => BreakAndRepair(
        family,
        () =>
        {
            DeleteSet(family, set);
            Tool.Nft($"add set {Text(family)} berth {set} {{ type mark; }}");
        },
        $"set {set} is of another type",
        lost: set);

    [Theory]
    [InlineData(NfFamily.Ip)]
    [InlineData(NfFamily.Ip6)]
    public void A_dormant_table_is_woken(NfFamily family) => BreakAndRepair(
        family, () => Tool.Nft($"add table {Text(family)} berth {{ flags dormant; }}"), "is dormant");

    [Theory]
    [InlineData(NfFamily.Ip)]
    [InlineData(NfFamily.Ip6)]
    public void A_dormant_table_that_lacks_chains_and_sets_is_woken_and_then_completed(NfFamily family) => BreakAndRepair(
        family,
        () =>
        {
            MakeAnew(family, BerthTable.Output, "priority 7");
            DeleteSet(family, "hairpin");
            Tool.Nft($"add table {Text(family)} berth {{ flags dormant; }}");
        },
        "is dormant",
        lost: "hairpin",
        transactions: 2);

    [Theory]
    [InlineData(NfFamily.Ip)]
    [InlineData(NfFamily.Ip6)]
    public void A_table_that_is_missing_is_made(NfFamily family) =>
        BreakAndRepair(family, () => Tool.Nft($"delete table {Text(family)} berth"), "is missing", lost: "");

    private static void MakeAnew(NfFamily family, string chain, string how)
    {
        ChainHook hook = new BerthTable(family).Chains.Single(wanted => wanted.Name == chain).Hook!;
        Tool.Nft($"flush chain {Text(family)} berth {chain}");
        Tool.Nft($"delete chain {Text(family)} berth {chain}");
        string where = hook.Hook.ToString().ToLowerInvariant();
        Tool.Nft($"add chain {Text(family)} berth {chain} {{ type {hook.Type} hook {where} {how}; }}");
    }

    // lost: the set whose elements the damage takes; "" for all of them, null for none.
    private void BreakAndRepair(
        NfFamily family, Action damage, string? defect, string? lost = null, uint transactions = 1)
    {
        MakeWhole(family);
        string whole = List(family);
        Dictionary<string, int> elements = Count(family);
        Assert.Empty(Defects(family));

        damage();
        IReadOnlyList<string> found = Defects(family);
        if (defect is not null)
        {
            Assert.Contains(found, text => text.Contains(defect, StringComparison.Ordinal));
        }

        uint before = Connection.Generation().Id;
        for (uint i = 0; i < transactions; i++)
        {
            Assert.True(Connection.Commit(Repair(family)));
        }

        Assert.Equal(defect is null ? 0 : transactions, Connection.Generation().Id - before);

        Assert.Empty(Defects(family));
        Assert.True(Repair(family).IsEmpty);
        if (defect is null)
        {
            return;
        }

        // As it was, but for the elements that the damage itself took.
        Assert.All(elements, before => Assert.Equal(
            before.Key == lost || lost == "" ? 0 : before.Value, Count(family)[before.Key]));
        Assert.Equal(Blocks(whole), Blocks(List(family)));
    }

    // What was made anew stands at another place in the listing.
    private static List<string> Blocks(string listing)
    {
        List<string> blocks = [];
        string block = "";
        foreach (string line in listing.Split('\n').Skip(1).Where(static line => line.Length > 0))
        {
            block += line.Trim() + "\n";
            if (line is "\t}")
            {
                blocks.Add(block);
                block = "";
            }
        }

        blocks.Sort(StringComparer.Ordinal);
        return blocks;
    }

    private void MakeWhole(NfFamily family)
    {
        Transaction transaction = Repair(family);
        BerthTable table = new(family);
        foreach (Set set in table.Sets.All.Concat(Conditional(family).Sets))
        {
            transaction.Create(set, [new Element(DataValue.FromBytes(new byte[set.KeyType.Length]))
            {
                KeyEnd = set.Flags.HasFlag(SetFlags.Interval) ? DataValue.FromBytes(new byte[set.KeyType.Length]) : null,
                Value = set.ValueType is DataType value ? DataValue.FromBytes(new byte[value.Length]) : null,
                Comment = "1 owner label",
            }]);
        }

        Assert.True(Connection.Commit(transaction));
    }

    private Transaction Repair(NfFamily family)
    {
        Transaction transaction = new();
        Read(family).Repair(transaction);
        return transaction;
    }

    private IReadOnlyList<string> Defects(NfFamily family) => [.. Read(family).Defects()];

    private SchemaState Read(NfFamily family)
    {
        SchemaState schema = new(new BerthTable(family), Conditional(family));
        schema.Read(Connection, chains: true);
        schema.ReadRules(Connection);
        return schema;
    }

    private Dictionary<string, int> Count(NfFamily family) => Connection.Sets(family, TableSets.TableName)
        .ToDictionary(static set => set.Name, set => Connection.Elements(set).Count);

    private void DeleteJumpsTo(NfFamily family, string chain)
    {
        foreach (Rule rule in Connection.Rules(family, TableSets.TableName))
        {
            if (rule.Expressions is [.., Immediate { Verdict.Chain: string target }] && target == chain)
            {
                Tool.Nft($"delete rule {Text(family)} berth {rule.Chain} handle {rule.Handle}");
            }
        }
    }

    private void DeleteSet(NfFamily family, string set)
    {
        foreach (Rule rule in Connection.Rules(family, TableSets.TableName))
        {
            if (rule.Expressions.OfType<Lookup>().Any(lookup => lookup.Set == set))
            {
                Tool.Nft($"delete rule {Text(family)} berth {rule.Chain} handle {rule.Handle}");
            }
        }

        Tool.Nft($"delete set {Text(family)} berth {set}");
    }

    private ulong Handle(NfFamily family, string rule) => Find(family, rule).Handle;

    private Rule Find(NfFamily family, string rule)
    {
        string[] words = rule.Split(' ');
        return Connection.Rules(family, TableSets.TableName, words[0])[int.Parse(words[1])];
    }

    private static string Place(NfFamily family, string rule) => $"{Text(family)} berth {rule.Split(' ')[0]}";

    private static string List(NfFamily family) => Tool.Run("nft", "--terse", "list", "table", Text(family), "berth");

    private static string Text(NfFamily family) => family == NfFamily.Ip ? "ip" : "ip6";

    private static ConditionalNetwork Conditional(NfFamily family) => new BerthTable(family).NetworkWithConditions(Network);

    private static IEnumerable<Rule> AllRules(NfFamily family) =>
        new BerthTable(family).Rules.Concat(Conditional(family).Rules);

    private static TheoryData<NfFamily, string> Of(Func<NfFamily, IEnumerable<string>> names)
    {
        TheoryData<NfFamily, string> data = [];
        foreach (NfFamily family in (NfFamily[])[NfFamily.Ip, NfFamily.Ip6])
        {
            foreach (string name in names(family))
            {
                data.Add(family, name);
            }
        }

        return data;
    }
}
