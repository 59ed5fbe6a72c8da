namespace Berth.HostPorts.Nftables;

/// <summary>Goes through the pieces of a condition, and makes the errors that point at them.</summary>
internal sealed class ConditionTokens(IReadOnlyList<ConditionToken> tokens, string field)
{
    private int _next;

    internal bool IsAtEnd => Current.Kind == ConditionTokenKind.End;

    internal ConditionToken Current => tokens[_next];

    internal ConditionToken Take()
    {
        ConditionToken token = tokens[_next];
        _next = Math.Min(_next + 1, tokens.Count - 1);
        return token;
    }

    /// <summary>Takes the piece if it is this keyword or symbol. A quoted text is neither.</summary>
    internal bool TakeIf(string text)
    {
        if (Current.Kind is ConditionTokenKind.Quoted or ConditionTokenKind.End || Current.Text != text)
        {
            return false;
        }

        Take();
        return true;
    }

    /// <summary>Takes a keyword; of anything else, an empty text, which no keyword is, and the error to throw.</summary>
    internal string Keyword(out ConditionToken token)
    {
        token = Take();
        return token.Kind == ConditionTokenKind.Word ? token.Text : "";
    }

    internal ConditionException Error(ConditionToken token, string allowed) => new(field, token.Text, token.Position, allowed);
}
