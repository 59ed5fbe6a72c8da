using System.Text;
using Berth.NfTables;

namespace Berth.HostPorts.Iptables;

/// <summary>A rule as iptables-save prints it.</summary>
internal sealed class SavedRule
{
    private List<string>? _arguments;

    /// <param name="text">What stands behind "-A CHAIN ".</param>
    internal SavedRule(string text) => Text = text;

    /// <param name="arguments">The arguments, without quotes.</param>
    internal SavedRule(List<string> arguments)
    {
        _arguments = arguments;
        Text = string.Join(' ', arguments.ConvertAll(RestoreInput.Quote));
    }

    /// <summary>What stands behind "-A CHAIN ".</summary>
    internal string Text { get; }

    /// <summary>The rule as the kernel has it, when it was read from there and is nf_tables'.</summary>
    internal Rule? Kernel { get; init; }

    /// <summary>The arguments, without quotes.</summary>
    internal IReadOnlyList<string> Arguments => _arguments ??= Split(Text);

    /// <summary>The chain that it jumps to, or its target when that has no options; null for any other rule.</summary>
    internal string? Jump
    {
        get
        {
            int space = Text.LastIndexOf(' ');
            return space >= 2 && Text[^1] != '"' && Text.AsSpan(0, space).EndsWith("-j") && (space == 2 || Text[space - 3] == ' ')
                ? Text[(space + 1)..]
                : null;
        }
    }

    /// <summary>
    /// Whether it says the same as some arguments, which are written as iptables-save writes values. The order of the
    /// options differs from version to version, and so do the "-m" before them.
    /// </summary>
    internal bool Says(IReadOnlyList<string> arguments)
    {
        List<string> mine = Options(Arguments).FindAll(IsNoMatch);
        List<string> others = Options(arguments).FindAll(IsNoMatch);
        for (int i = 0; i < Math.Min(mine.Count, others.Count); i++)
        {
            if (mine[i] != others[i])
            {
                return false;
            }
        }

        return mine.Count == others.Count;
    }

    /// <summary>The argument behind an option that is not negated; null when there is none.</summary>
    internal string? Value(string option)
    {
        for (int i = 0; i + 1 < Arguments.Count; i++)
        {
            if (Arguments[i] == option && (i == 0 || Arguments[i - 1] != "!"))
            {
                return Arguments[i + 1];
            }
        }

        return null;
    }

    /// <summary>Whether an option has the same value as in another rule.</summary>
    internal bool Has(string option, RuleSpec rule)
    {
        int place = -1;
        for (int i = 0; i < rule.Arguments.Count && place < 0; i++)
        {
            place = rule.Arguments[i] == option ? i : -1;
        }

        return place >= 0 && Value(option) == rule.Arguments[place + 1];
    }

    /// <summary>Each option with its values behind line breaks, in alphabetical order.</summary>
    internal static List<string> Options(IReadOnlyList<string> arguments)
    {
        List<string> options = [];
        for (int i = 0; i < arguments.Count;)
        {
            int end = i + 1;
            while (end < arguments.Count && arguments[end - 1] == "!")
            {
                end++;
            }

            while (end < arguments.Count && !(arguments[end].StartsWith('-') || arguments[end] == "!"))
            {
                end++;
            }

            StringBuilder option = new(arguments[i]);
            while (++i < end)
            {
                option.Append('\n').Append(arguments[i]);
            }

            options.Add(option.ToString());
        }

        options.Sort(StringComparer.Ordinal);
        return options;
    }

    private static bool IsNoMatch(string option) => !option.StartsWith("-m\n", StringComparison.Ordinal);

    private static List<string> Split(string text)
    {
        List<string> arguments = [];
        StringBuilder argument = new();
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == ' ')
            {
                continue;
            }

            argument.Clear();
            if (text[i] == '"')
            {
                for (i++; i < text.Length && text[i] != '"'; i++)
                {
                    i += text[i] == '\\' && i + 1 < text.Length ? 1 : 0;
                    argument.Append(text[i]);
                }
            }
            else
            {
                for (; i < text.Length && text[i] != ' '; i++)
                {
                    argument.Append(text[i]);
                }
            }

            arguments.Add(argument.ToString());
        }

        return arguments;
    }
}
