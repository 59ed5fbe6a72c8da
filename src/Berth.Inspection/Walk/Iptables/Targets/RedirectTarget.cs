namespace Berth.Inspection;

/// <summary>Rewrites the destination to the node itself (REDIRECT).</summary>
internal sealed record RedirectTarget(NatRange Range) : IptablesTarget
{
    internal static RedirectTarget? Parse(RuleOptions options) =>
        NatRange.Parse(options, "") is NatRange range ? new RedirectTarget(range) : null;

    internal static RedirectTarget? Read(ExtensionStructure s) =>
        NatRange.Read(s) is NatRange range ? new RedirectTarget(range) : null;

    internal override void Print(SavedText text)
    {
        text.Word("-j").Word("REDIRECT");
        if (Range.PortText is string ports)
        {
            text.Option(false, "--to-ports", ports);
        }

        text.Flag(Range.IsRandom, "--random");
    }

    internal override RuleOutcome Apply(WalkPacket packet, WalkNode node) =>
        new(packet, WalkVerdict.Accept) { Nat = Range.Request(NatManipulation.Destination) with { IsRedirect = true } };
}
