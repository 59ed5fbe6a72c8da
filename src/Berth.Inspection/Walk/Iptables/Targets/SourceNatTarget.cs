namespace Berth.Inspection;

/// <summary>Rewrites the source (SNAT).</summary>
internal sealed record SourceNatTarget(NatRange Range) : IptablesTarget
{
    private const string To = "--to-source";

    internal static SourceNatTarget? Parse(RuleOptions options) =>
        NatRange.Parse(options, To) is NatRange range ? new SourceNatTarget(range) : null;

    internal static SourceNatTarget? Read(ExtensionStructure s) =>
        NatRange.Read(s) is NatRange range ? new SourceNatTarget(range) : null;

    internal override void Print(SavedText text)
    {
        text.Word("-j").Word("SNAT").Word(To).Word(Range.EndpointText);
        text.Flag(Range.IsRandom, "--random");
        text.Flag(Range.IsRandomFully, "--random-fully");
        text.Flag(Range.IsPersistent, "--persistent");
    }

    internal override RuleOutcome Apply(WalkPacket packet, WalkNode node) =>
        new(packet, WalkVerdict.Accept) { Nat = Range.Request(NatManipulation.Source) };
}
