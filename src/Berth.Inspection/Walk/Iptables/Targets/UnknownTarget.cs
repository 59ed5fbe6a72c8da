namespace Berth.Inspection;

/// <summary>A target that is not modelled: it is taken to do nothing, and that is said.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Options">Its words; null where only the kernel's structure is known.</param>
internal sealed record UnknownTarget(string Name, ValueList<string>? Options) : IptablesTarget
{
    internal override void Print(SavedText text)
    {
        text.Word("-j").Word(Name);
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

    internal override RuleOutcome Apply(WalkPacket packet, WalkNode node) => RuleOutcome.NoMatch(packet) with
    {
        Assumption = new WalkAssumption($"{Name}: this target of iptables is not modelled, and does nothing with the packet", true),
    };
}
