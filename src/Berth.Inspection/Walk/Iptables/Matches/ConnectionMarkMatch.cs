namespace Berth.Inspection;

/// <summary>Bits of the connection's mark (struct xt_connmark_mtinfo1). What has no connection never meets it.</summary>
internal sealed record ConnectionMarkMatch(uint Value, uint Mask, bool IsInverted) : IptablesMatch
{
    internal override string Name => "connmark";

    internal static ConnectionMarkMatch? Parse(RuleOptions options)
    {
        ConnectionMarkMatch? match = null;
        while (options.Next())
        {
            if (options.Option != "--mark")
            {
                return null;
            }

            (uint value, uint mask) = options.Masked();
            match = new ConnectionMarkMatch(value, mask, options.IsInverted);
        }

        return match;
    }

    internal static ConnectionMarkMatch? Read(ExtensionStructure s) =>
        s.Is(1, 9) ? new ConnectionMarkMatch(s.UInt32(0), s.UInt32(4), s.Byte(8) != 0) : null;

    internal override void Print(SavedText text) => text.Option(IsInverted, "--mark", SavedText.Masked(Value, Mask));

    internal override MatchAnswer Evaluate(WalkPacket packet, WalkNode node) =>
        MatchAnswer.Of(packet.IsTracked && (((packet.ConnectionMark & Mask) == Value) ^ IsInverted));
}
