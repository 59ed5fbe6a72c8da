using Berth.Kernel.Tests.Topology;
using Berth.NfTables;

namespace Berth.Kernel.Tests.Faults;

/// <summary>The whole ruleset, Berth's tables and others': tables, chains, rules, sets and their elements, read over one socket:
/// thousands of times, where starting <c>nft</c> would take longer than all else.</summary>
internal sealed class WholeRuleset : IDisposable
{
    private readonly NfTablesConnection _connection;

    internal WholeRuleset(Host node)
    {
        _connection = node.Namespace.Run(NfTablesConnection.Open);
    }

    public void Dispose() => _connection.Dispose();

    /// <summary>All of it but for handles, a line for each object, in order.</summary>
    internal string[] Read()
    {
        List<string> lines = [];
        foreach (Table table in _connection.Tables())
        {
            string place = $"{table.Family} {table.Name}";
            lines.Add($"{place} {table.Flags}");
            foreach (Chain chain in _connection.Chains(table.Family).Where(chain => chain.Table == table.Name))
            {
                lines.Add($"{place} chain {chain.Name} {chain.Hook}");
            }

            Dictionary<string, int> places = [];
            foreach (Rule rule in _connection.Rules(table.Family, table.Name))
            {
                int number = places[rule.Chain] = places.GetValueOrDefault(rule.Chain) + 1;
                string expressions = string.Join(' ', rule.Expressions.Select(static e => $"{e.Name} {Convert.ToHexString(e.ToAttributes().Bytes)}"));
                lines.Add($"{place} rule {rule.Chain} {number:000} {expressions} {rule.Comment}");
            }

            foreach (Set set in _connection.Sets(table.Family, table.Name))
            {
                lines.Add($"{place} set {set.Name} {set.Flags} {set.KeyType} {set.ValueType}");
                lines.AddRange(_connection.Elements(set).Select(element =>
                    $"{place} {set.Name} {element.Key} {element.KeyEnd} {element.Value} {element.Comment}"));
            }
        }

        lines.Sort(StringComparer.Ordinal);
        return [.. lines];
    }

    /// <summary>Without what is owed to links, which any later call may settle.</summary>
    internal static IEnumerable<string> ButForLinks(string[] elements) =>
        elements.Where(static element => !element.Contains("links ", StringComparison.Ordinal));
}
