using Berth.Kernel.Tests.Topology;
using Berth.NfTables;

namespace Berth.Kernel.Tests.Faults;

/// <summary>What Berth's tables hold, read over one socket: thousands of times, where starting <c>nft</c> would take longer
/// than all else.</summary>
internal sealed class BerthElements : IDisposable
{
    private readonly NfTablesConnection _connection;

    internal BerthElements(Host node)
    {
        _connection = node.Namespace.Run(NfTablesConnection.Open);
    }

    public void Dispose() => _connection.Dispose();

    /// <summary>Every element of both families, in order, as <c>family set key value comment</c>.</summary>
    internal string[] Read()
    {
        List<string> elements = [];
        foreach (NfFamily family in (NfFamily[])[NfFamily.Ip, NfFamily.Ip6])
        {
            foreach (Set set in _connection.Sets(family, "berth"))
            {
                elements.AddRange(_connection.Elements(set).Select(element =>
                    $"{family} {set.Name} {element.Key} {element.KeyEnd} {element.Value} {element.Comment}"));
            }
        }

        elements.Sort(StringComparer.Ordinal);
        return [.. elements];
    }

    /// <summary>Without what is owed to links, which any later call may settle.</summary>
    internal static IEnumerable<string> ButForLinks(string[] elements) =>
        elements.Where(static element => !element.Contains("links ", StringComparison.Ordinal));
}
