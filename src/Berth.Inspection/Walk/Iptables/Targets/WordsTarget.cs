namespace Berth.Inspection;

/// <summary>A target that changes nothing which the rest of the way depends on: TCPMSS, CHECKSUM, CLASSIFY and the like.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Options">Its options in iptables' words.</param>
/// <param name="Effect">What it does, for the hop; null for nothing that one would want to know.</param>
internal sealed record WordsTarget(string Name, ValueList<string> Options, string? Effect) : IptablesTarget
{
    internal override bool IsWithoutConsequence => true;

    internal override void Print(SavedText text)
    {
        text.Word("-j").Word(Name);
        foreach (string word in Options)
        {
            text.Word(word);
        }
    }

    internal override RuleOutcome Apply(WalkPacket packet, WalkNode node) => RuleOutcome.NoMatch(packet) with { Effect = Effect };
}
