namespace Berth.Inspection;

/// <summary>A chain of the table: by -j the packet comes back from it, by -g it does not.</summary>
internal sealed record ChainTarget(string Chain, bool IsGoto) : IptablesTarget
{
    internal override void Print(SavedText text) => text.Word(IsGoto ? "-g" : "-j").Word(Chain);

    internal override RuleOutcome Apply(WalkPacket packet, WalkNode node) =>
        new(packet, IsGoto ? WalkVerdict.Goto : WalkVerdict.Jump) { Chain = Chain };
}
