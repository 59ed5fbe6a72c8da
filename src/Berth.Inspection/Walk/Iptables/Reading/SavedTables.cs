using System.Net.Sockets;

namespace Berth.Inspection;

/// <summary>
/// The output of iptables-save, indexed by table and chain. Of 60,000 lines only those of chains that are asked for are
/// read any further.
/// </summary>
internal sealed class SavedTables
{
    private readonly Dictionary<string, SavedTable> _tables = new(StringComparer.Ordinal);

    private SavedTables()
    {
    }

    internal IReadOnlyDictionary<string, SavedTable> Tables => _tables;

    internal static SavedTables Index(AddressFamily family, string text)
    {
        SavedTables tables = new();
        SavedTable? table = null;
        int position = 0;
        while (position < text.Length)
        {
            int end = text.IndexOf('\n', position);
            end = end < 0 ? text.Length : end;
            ReadOnlySpan<char> line = text.AsSpan(position, end - position);
            if (line.StartsWith("*"))
            {
                string name = line[1..].Trim().ToString();
                table = new SavedTable(family, text);
                tables._tables[name] = table;
            }
            else if (line.StartsWith(":"))
            {
                table?.AddChain(line[1..]);
            }
            else if (line.StartsWith("-A "))
            {
                table?.AddRule(position, line);
            }

            position = end + 1;
        }

        return tables;
    }
}

/// <summary>A table of iptables-save.</summary>
internal sealed class SavedTable(AddressFamily family, string text)
{
    private readonly Dictionary<string, SavedChain> _chains = new(StringComparer.Ordinal);
    private SavedChain? _last;

    /// <summary>Whether there is a chain of this name.</summary>
    internal bool HasChain(string name) => _chains.ContainsKey(name);

    /// <summary>The policy of a base chain: DROP, or ACCEPT also where there is no such chain.</summary>
    internal WalkVerdict Policy(string chain) => _chains.TryGetValue(chain, out SavedChain? saved) && saved.IsDropping
        ? WalkVerdict.Drop
        : WalkVerdict.Accept;

    /// <summary>The rules of a chain, read when they are asked for; none when there is no such chain.</summary>
    internal IReadOnlyList<IptablesRule> Rules(string chain)
    {
        if (!_chains.TryGetValue(chain, out SavedChain? saved))
        {
            return [];
        }

        if (saved.Rules is null)
        {
            List<IptablesRule> rules = new(saved.Lines.Count);
            foreach ((int start, int length) in saved.Lines)
            {
                rules.Add(new SavedIptablesRule(family, chain, text.Substring(start, length), HasChain));
            }

            saved.Rules = rules;
        }

        return saved.Rules;
    }

    /// <summary>Takes a line such as "INPUT ACCEPT [0:0]".</summary>
    internal void AddChain(ReadOnlySpan<char> line)
    {
        int space = line.IndexOf(' ');
        SavedChain chain = Chain(space < 0 ? line : line[..space]);
        chain.IsDropping = space >= 0 && line[(space + 1)..].StartsWith("DROP");
    }

    /// <summary>Takes a line such as "-A INPUT -j ACCEPT".</summary>
    internal void AddRule(int position, ReadOnlySpan<char> line)
    {
        const int NameAt = 3;
        ReadOnlySpan<char> rest = line[NameAt..];
        int space = rest.IndexOf(' ');
        ReadOnlySpan<char> name = space < 0 ? rest : rest[..space];
        int start = space < 0 ? line.Length : NameAt + space + 1;
        Chain(name).Lines.Add((position + start, line.Length - start));
    }

    // Rules of one chain follow each other.
    private SavedChain Chain(ReadOnlySpan<char> name)
    {
        if (_last is not null && name.SequenceEqual(_last.Name))
        {
            return _last;
        }

        var lookup = _chains.GetAlternateLookup<ReadOnlySpan<char>>();
        if (!lookup.TryGetValue(name, out SavedChain? chain))
        {
            chain = new SavedChain(name.ToString());
            _chains.Add(chain.Name, chain);
        }

        return _last = chain;
    }

    private sealed class SavedChain(string name)
    {
        internal string Name => name;

        internal bool IsDropping { get; set; }

        internal List<(int Start, int Length)> Lines { get; } = [];

        internal IReadOnlyList<IptablesRule>? Rules { get; set; }
    }
}
