namespace Berth.Inspection;

/// <summary>Bits of the packet's mark (struct xt_mark_mtinfo1).</summary>
internal sealed record MarkMatch(uint Value, uint Mask, bool IsInverted) : IptablesMatch
{
    internal override string Name => "mark";

    internal static MarkMatch? Parse(RuleOptions options)
    {
        MarkMatch? match = null;
        while (options.Next())
        {
            if (options.Option != "--mark")
            {
                return null;
            }

            (uint value, uint mask) = options.Masked();
            match = new MarkMatch(value, mask, options.IsInverted);
        }

        return match;
    }

    internal static MarkMatch? Read(ExtensionStructure s) =>
        s.Is(1, 9) ? new MarkMatch(s.UInt32(0), s.UInt32(4), s.Byte(8) != 0) : null;

    internal override void Print(SavedText text) => text.Option(IsInverted, "--mark", SavedText.Masked(Value, Mask));

    internal override MatchAnswer Evaluate(WalkPacket packet, WalkNode node) =>
        MatchAnswer.Of(((packet.Mark & Mask) == Value) ^ IsInverted);
}
