namespace Berth.Inspection;

/// <summary>ACCEPT, DROP or RETURN.</summary>
internal sealed record VerdictTarget(WalkVerdict Verdict) : IptablesTarget
{
    internal static VerdictTarget Accept { get; } = new(WalkVerdict.Accept);

    internal static VerdictTarget Drop { get; } = new(WalkVerdict.Drop);

    internal static VerdictTarget Return { get; } = new(WalkVerdict.Return);

    internal override void Print(SavedText text) => text.Word("-j").Word(Verdict switch
    {
        WalkVerdict.Accept => "ACCEPT",
        WalkVerdict.Drop => "DROP",
        _ => "RETURN",
    });

    internal override RuleOutcome Apply(WalkPacket packet, WalkNode node) => new(packet, Verdict);
}
