namespace Berth.Inspection;

/// <summary>Rewrites the destination (DNAT).</summary>
internal sealed record DestinationNatTarget(NatRange Range) : IptablesTarget
{
    private const string To = "--to-destination";

    internal static DestinationNatTarget? Parse(RuleOptions options) =>
        NatRange.Parse(options, To) is NatRange range ? new DestinationNatTarget(range) : null;

    internal static DestinationNatTarget? Read(ExtensionStructure s) =>
        NatRange.Read(s) is NatRange range ? new DestinationNatTarget(range) : null;

    internal override void Print(SavedText text)
    {
        text.Word("-j").Word("DNAT").Word(To).Word(Range.EndpointText);
        text.Flag(Range.IsRandom, "--random");
        text.Flag(Range.IsPersistent, "--persistent");
    }

    internal override RuleOutcome Apply(WalkPacket packet, WalkNode node) =>
        new(packet, WalkVerdict.Accept) { Nat = Range.Request(NatManipulation.Destination) };
}
