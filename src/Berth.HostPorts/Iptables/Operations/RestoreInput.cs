using System.Globalization;
using System.Text;
using Berth.NfTables;

namespace Berth.HostPorts.Iptables;

/// <summary>Writes a change of the nat table as iptables-restore --noflush reads it.</summary>
internal sealed class RestoreInput
{
    // add_param_to_argv (iptables/xshared.c): a buffer of 1,024 bytes an argument.
    private const int MaxArgumentLength = 1023;

    private readonly StringBuilder _text = new("*nat\n");
    private readonly List<Removed> _removals = [];
    private bool _isEmpty = true;

    /// <summary>Whether it changes nothing.</summary>
    internal bool IsEmpty => _isEmpty;

    /// <summary>Makes a chain; the whole input fails if somebody has made it meanwhile.</summary>
    internal void Make(string chain) => Line($"-N {chain}");

    /// <summary>Makes a chain, or empties the one that exists.</summary>
    internal void MakeEmpty(string chain)
    {
        Line($":{chain} - [0:0]");
        _removals.Add(new Removed(chain, null, false));
    }

    /// <summary>Removes an empty chain.</summary>
    internal void Remove(string chain)
    {
        Line($"-X {chain}");
        _removals.Add(new Removed(chain, null, true));
    }

    /// <summary>Puts a rule first or last, as it is to stand.</summary>
    internal void Add(RuleSpec rule) => Line(rule.IsFirst ? $"-I {rule.Chain} 1" : $"-A {rule.Chain}", rule.Arguments);

    /// <summary>Puts a rule at a place, which is counted from 1.</summary>
    internal void Insert(RuleSpec rule, int place) =>
        Line(string.Create(CultureInfo.InvariantCulture, $"-I {rule.Chain} {place}"), rule.Arguments);

    /// <summary>Puts a rule that was read last.</summary>
    internal void Add(string chain, SavedRule rule) => Line($"-A {chain} {rule.Text}");

    /// <summary>Puts a rule that was read at a place, which is counted from 1.</summary>
    internal void Insert(string chain, SavedRule rule, int place) =>
        Line(string.Create(CultureInfo.InvariantCulture, $"-I {chain} {place} {rule.Text}"));

    /// <summary>Removes a rule; the whole input fails if it is gone.</summary>
    internal void Delete(RuleSpec rule) => Line($"-D {rule.Chain}", rule.Arguments);

    /// <summary>Removes a rule; the whole input fails if it is gone.</summary>
    internal void Delete(string chain, SavedRule rule)
    {
        Line($"-D {chain} {rule.Text}");
        _removals.Add(new Removed(chain, rule, false));
    }

    /// <summary>Lets the whole input fail if a rule is not there.</summary>
    internal void Require(RuleSpec rule) => Line($"-C {rule.Chain}", rule.Arguments);

    /// <summary>
    /// Says to the kernel itself what it removes, of a table that was read from it as <see cref="NftNatTable"/>: all of an
    /// input that makes nothing.
    /// </summary>
    internal void WriteRemovals(Transaction transaction, NfFamily family)
    {
        foreach (Removed removed in _removals)
        {
            Chain chain = new(family, NftNatTable.Table, removed.Chain);
            if (removed.Rule is not null)
            {
                transaction.Delete(removed.Rule.Kernel!);
            }
            else if (removed.IsGone)
            {
                transaction.Delete(chain);
            }
            else
            {
                transaction.Flush(chain);
            }
        }
    }

    /// <inheritdoc/>
    public override string ToString() => _text + "COMMIT\n";

    private void Line(string start, IReadOnlyList<string> arguments)
    {
        StringBuilder line = new(start);
        foreach (string argument in arguments)
        {
            line.Append(' ').Append(Quote(argument));
        }

        Line(line.ToString());
    }

    private void Line(string line)
    {
        _text.Append(line).Append('\n');
        _isEmpty = false;
    }

    /// <summary>Whether a line of iptables-restore can hold an argument.</summary>
    internal static bool CanHold(string argument) =>
        argument.AsSpan().IndexOfAny('\n', '\r', '\0') < 0 && Encoding.UTF8.GetByteCount(argument) <= MaxArgumentLength;

    /// <summary>An argument as the programs read it back.</summary>
    internal static string Quote(string argument)
    {
        bool isPlain = argument.Length > 0;
        foreach (char c in argument)
        {
            if (c is '\n' or '\r' or '\0')
            {
                throw new HostPortException("a condition holds a line break, which no iptables rule can");
            }

            isPlain &= c is > ' ' and not ('"' or '\\' or '\'');
        }

        if (Encoding.UTF8.GetByteCount(argument) > MaxArgumentLength)
        {
            throw new HostPortException($"a condition is longer than {MaxArgumentLength} bytes, which no iptables rule can hold");
        }

        return isPlain ? argument : $"\"{argument.Replace("\\", "\\\\").Replace("\"", "\\\"")}\"";
    }

    // A rule of a chain; without one all of the chain's, and the chain itself where that goes too.
    private sealed class Removed(string chain, SavedRule? rule, bool isGone)
    {
        internal string Chain => chain;

        internal SavedRule? Rule => rule;

        internal bool IsGone => isGone;
    }
}
