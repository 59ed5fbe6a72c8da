namespace Berth.HostPorts.Iptables;

/// <summary>The nat table of one family, as iptables-save prints it.</summary>
internal sealed class NatTable
{
    private readonly Dictionary<string, List<SavedRule>> _chains = new(StringComparer.Ordinal);

    /// <summary>Every chain with its rules in order.</summary>
    internal IReadOnlyDictionary<string, List<SavedRule>> Chains => _chains;

    /// <summary>Reads the output of iptables-save. What it does not know it skips.</summary>
    internal static NatTable Parse(string text)
    {
        NatTable table = new();
        bool isNat = false;
        foreach (ReadOnlySpan<char> line in text.AsSpan().EnumerateLines())
        {
            if (line.StartsWith("*"))
            {
                isNat = line is "*nat";
            }
            else if (isNat && line.StartsWith(":"))
            {
                table.Chain(FirstWord(line[1..]).ToString());
            }
            else if (isNat && line.StartsWith("-A "))
            {
                ReadOnlySpan<char> chain = FirstWord(line[3..]);
                table.Chain(chain.ToString()).Add(new SavedRule(line[(3 + chain.Length)..].TrimStart(' ').ToString()));
            }
        }

        return table;
    }

    internal bool Has(string chain) => _chains.ContainsKey(chain);

    /// <summary>A chain's rules; none when it does not exist.</summary>
    internal IReadOnlyList<SavedRule> Rules(string chain) => _chains.TryGetValue(chain, out List<SavedRule>? rules) ? rules : [];

    /// <summary>The rules of a chain that jump to another, in order.</summary>
    internal List<SavedRule> Jumps(string chain, string target) =>
        _chains.TryGetValue(chain, out List<SavedRule>? rules) ? rules.FindAll(rule => rule.Jump == target) : [];

    /// <summary>Whether a chain has a rule that says some arguments.</summary>
    internal bool Has(RuleSpec rule) =>
        _chains.TryGetValue(rule.Chain, out List<SavedRule>? rules) && rules.Exists(saved => saved.Says(rule.Arguments));

    private static ReadOnlySpan<char> FirstWord(ReadOnlySpan<char> text)
    {
        int end = text.IndexOf(' ');
        return end < 0 ? text : text[..end];
    }

    /// <summary>A chain, made when it is not there yet.</summary>
    internal List<SavedRule> Chain(string name)
    {
        if (!_chains.TryGetValue(name, out List<SavedRule>? rules))
        {
            _chains.Add(name, rules = []);
        }

        return rules;
    }
}
