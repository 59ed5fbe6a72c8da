namespace Berth.Inspection;

/// <summary>Rewrites the source to an address of the link that the packet leaves by (MASQUERADE).</summary>
internal sealed record MasqueradeTarget(NatRange Range) : IptablesTarget
{
    internal static MasqueradeTarget? Parse(RuleOptions options) =>
        NatRange.Parse(options, "") is NatRange range ? new MasqueradeTarget(range) : null;

    internal static MasqueradeTarget? Read(ExtensionStructure s) =>
        NatRange.Read(s) is NatRange range ? new MasqueradeTarget(range) : null;

    internal override void Print(SavedText text)
    {
        text.Word("-j").Word("MASQUERADE");
        if (Range.PortText is string ports)
        {
            text.Option(false, "--to-ports", ports);
        }

        text.Flag(Range.IsRandom, "--random");
        text.Flag(Range.IsRandomFully, "--random-fully");
    }

    internal override RuleOutcome Apply(WalkPacket packet, WalkNode node) =>
        new(packet, WalkVerdict.Accept) { Nat = Range.Request(NatManipulation.Source) with { IsMasquerade = true } };
}
