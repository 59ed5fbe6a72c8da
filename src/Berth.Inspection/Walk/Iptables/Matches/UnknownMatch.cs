namespace Berth.Inspection;

/// <summary>A match that is not modelled: whether a packet meets it cannot be said.</summary>
/// <param name="Extension">Its name.</param>
/// <param name="Options">Its words, "!" included; null where only the kernel's structure is known.</param>
internal sealed record UnknownMatch(string Extension, ValueList<string>? Options) : IptablesMatch
{
    internal override string Name => Extension;

    internal override void Print(SavedText text)
    {
        if (Options is null)
        {
            text.Word("...");
            return;
        }

        foreach (string word in Options)
        {
            if (word == "!" || word.StartsWith("--", StringComparison.Ordinal))
            {
                text.Word(word);
            }
            else
            {
                text.Quoted(word);
            }
        }
    }

    internal override MatchAnswer Evaluate(WalkPacket packet, WalkNode node) =>
        MatchAnswer.NotKnown($"{Extension}: this match of iptables is not modelled");
}
