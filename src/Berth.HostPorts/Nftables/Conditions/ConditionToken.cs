namespace Berth.HostPorts.Nftables;

/// <summary>A piece of a condition's text.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">The text, of a quoted one without its quotes.</param>
/// <param name="Position">Its first character, counted from 1.</param>
internal readonly record struct ConditionToken(ConditionTokenKind Kind, string Text, int Position);

/// <summary>Kinds of pieces.</summary>
internal enum ConditionTokenKind
{
    /// <summary>A run of characters without space or punctuation.</summary>
    Word,

    /// <summary>Text in double quotes: a name, never a keyword.</summary>
    Quoted,

    /// <summary>An operator, a brace or a comma.</summary>
    Symbol,

    /// <summary>The end of the text.</summary>
    End,
}
