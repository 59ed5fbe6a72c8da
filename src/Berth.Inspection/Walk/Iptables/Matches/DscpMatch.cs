namespace Berth.Inspection;

/// <summary>The upper six bits of the type of service (struct xt_dscp_info).</summary>
internal sealed record DscpMatch(byte Value, bool IsInverted) : IptablesMatch
{
    internal override string Name => "dscp";

    internal static DscpMatch? Parse(RuleOptions options)
    {
        DscpMatch? match = null;
        while (options.Next())
        {
            if (options.Option != "--dscp")
            {
                return null;
            }

            match = new DscpMatch(options.Byte(), options.IsInverted);
        }

        return match;
    }

    internal static DscpMatch? Read(ExtensionStructure s) => s.Is(0, 2) ? new DscpMatch(s.Byte(0), s.Byte(1) != 0) : null;

    internal override void Print(SavedText text) => text.Option(IsInverted, "--dscp", $"0x{Value:x2}");

    internal override MatchAnswer Evaluate(WalkPacket packet, WalkNode node) => packet.Dscp is byte dscp
        ? MatchAnswer.Of((dscp == Value) ^ IsInverted)
        : MatchAnswer.NotKnown("dscp: the packet's type of service");
}
