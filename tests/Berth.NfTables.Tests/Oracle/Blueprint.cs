namespace Berth.NfTables.Tests.Oracle;

/// <summary>A table with all that is in it: made by Berth, or read from the kernel, and compared.</summary>
internal sealed record Blueprint(Table Table)
{
    internal IReadOnlyList<Chain> Chains { get; init; } = [];

    internal IReadOnlyList<(Set Set, IReadOnlyList<Element> Elements)> Sets { get; init; } = [];

    internal IReadOnlyList<Rule> Rules { get; init; } = [];

    internal static Blueprint Read(NfTablesConnection connection, Table table) => new(
        connection.Tables(table.Family).Single(t => t.Name == table.Name) with { Handle = 0 })
    {
        Chains = [.. connection.Chains(table.Family).Where(c => c.Table == table.Name)],
        Sets = [.. connection.Sets(table.Family, table.Name).Select(s => (s, connection.Elements(s)))],
        Rules = connection.Rules(table.Family, table.Name),
    };

    internal void AddTo(Transaction transaction)
    {
        transaction.Create(Table);
        foreach (Chain chain in Chains)
        {
            transaction.Add(chain);
        }

        foreach ((Set set, IReadOnlyList<Element> elements) in Sets)
        {
            transaction.Add(set);
            transaction.Create(set, elements);
        }

        foreach (Rule rule in Rules)
        {
            transaction.Add(rule);
        }
    }

    internal void AssertIsWhatWasRead(Blueprint read)
    {
        Assert.Equal(Table, read.Table);
        Assert.Equal(Chains.OrderBy(c => c.Name), read.Chains.Select(c => c with { Handle = 0 }).OrderBy(c => c.Name));
        Assert.All(read.Chains, c => Assert.NotEqual(0ul, c.Handle));
        Assert.Equal(Sets.Select(s => s.Set.Name).Order(), read.Sets.Select(s => s.Set.Name).Order());
        foreach ((Set set, IReadOnlyList<Element> elements) in Sets)
        {
            (Set other, IReadOnlyList<Element> others) = read.Sets.Single(s => s.Set.Name == set.Name);
            Assert.True(set.IsLike(other), $"{set}\n{other}");
            Assert.Equal(elements.Count, others.Count);
            Assert.Equal(elements.ToHashSet(), others.ToHashSet());
        }

        Assert.Equal(Rules.Count, read.Rules.Count);
        foreach ((Rule rule, Rule other) in Rules.Zip(read.Rules))
        {
            Assert.True(rule.DoesTheSameAs(other), $"{Text(rule)}\n{Text(other)}");
            Assert.Equal((rule.Table, rule.Chain, rule.Comment), (other.Table, other.Chain, other.Comment));
            Assert.NotEqual(0ul, other.Handle);
        }
    }

    private static string Text(Rule rule) => $"{rule.Chain}: {string.Join("; ", rule.Expressions)}";
}
