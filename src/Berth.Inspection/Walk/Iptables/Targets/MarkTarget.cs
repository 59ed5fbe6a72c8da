namespace Berth.Inspection;

/// <summary>Changes the packet's mark to (mark &amp; ~mask) ^ value (struct xt_mark_tginfo2).</summary>
internal sealed record MarkTarget(uint Value, uint Mask) : IptablesTarget
{
    internal static MarkTarget? Parse(RuleOptions options)
    {
        MarkTarget? target = null;
        while (options.Next())
        {
            (uint value, uint mask) = options.Masked();
            target = options.Option switch
            {
                "--set-xmark" => new MarkTarget(value, mask),
                "--set-mark" => new MarkTarget(value, value | mask),
                "--or-mark" => new MarkTarget(value, value),
                "--and-mark" => new MarkTarget(0, ~value),
                "--xor-mark" => new MarkTarget(value, 0),
                _ => null,
            };
            if (target is null)
            {
                return null;
            }
        }

        return target;
    }

    internal static MarkTarget? Read(ExtensionStructure s) => s.Is(2, 8) ? new MarkTarget(s.UInt32(0), s.UInt32(4)) : null;

    internal override void Print(SavedText text) =>
        text.Word("-j").Word("MARK").Option(false, "--set-xmark", $"{SavedText.Hex(Value)}/{SavedText.Hex(Mask)}");

    internal override RuleOutcome Apply(WalkPacket packet, WalkNode node)
    {
        uint mark = (packet.Mark & ~Mask) ^ Value;
        return new RuleOutcome(packet with { Mark = mark }, WalkVerdict.Continue)
        {
            Effect = $"sets the mark to {SavedText.Hex(mark)}",
        };
    }
}
