namespace Berth.Inspection;

/// <summary>Nothing: the rule only counts.</summary>
internal sealed record NoTarget : IptablesTarget
{
    internal override bool IsWithoutConsequence => true;

    internal override void Print(SavedText text)
    {
    }

    internal override RuleOutcome Apply(WalkPacket packet, WalkNode node) => RuleOutcome.NoMatch(packet);
}
