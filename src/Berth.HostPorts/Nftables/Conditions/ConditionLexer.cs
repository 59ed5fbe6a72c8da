namespace Berth.HostPorts.Nftables;

/// <summary>Cuts a condition's text into pieces as nft does, as far as the grammar here goes.</summary>
internal static class ConditionLexer
{
    // Longer ones first.
    private static readonly string[] Symbols = ["!=", "==", "<=", ">=", "<", ">", "{", "}", ",", "&"];

    internal static IReadOnlyList<ConditionToken> Read(string text, string field)
    {
        List<ConditionToken> tokens = [];
        int position = 0;
        while (position < text.Length)
        {
            if (char.IsWhiteSpace(text[position]))
            {
                position++;
                continue;
            }

            int end;
            if (text[position] == '"')
            {
                end = text.IndexOf('"', position + 1) + 1;
                if (end == 0)
                {
                    throw new ConditionException(field, text[position..], position + 1, "its closing '\"' is missing");
                }

                tokens.Add(new(ConditionTokenKind.Quoted, text[(position + 1)..(end - 1)], position + 1));
            }
            else if (SymbolAt(text, position) is string symbol)
            {
                end = position + symbol.Length;
                tokens.Add(new(ConditionTokenKind.Symbol, symbol, position + 1));
            }
            else
            {
                end = position + 1;
                while (end < text.Length && !EndsWord(text, end))
                {
                    end++;
                }

                tokens.Add(new(ConditionTokenKind.Word, text[position..end], position + 1));
            }

            position = end;
        }

        tokens.Add(new(ConditionTokenKind.End, "", text.Length + 1));
        return tokens;
    }

    private static bool EndsWord(string text, int position) =>
        char.IsWhiteSpace(text[position]) || text[position] == '"' || SymbolAt(text, position) is not null;

    private static string? SymbolAt(string text, int position)
    {
        foreach (string symbol in Symbols)
        {
            if (string.CompareOrdinal(text, position, symbol, 0, symbol.Length) == 0)
            {
                return symbol;
            }
        }

        return null;
    }
}
