namespace Berth.Inspection;

/// <summary>Bits of the type of service (struct xt_tos_match_info).</summary>
internal sealed record TypeOfServiceMatch(byte Value, byte Mask, bool IsInverted) : IptablesMatch
{
    private const int DscpShift = 2;

    internal override string Name => "tos";

    internal static TypeOfServiceMatch? Parse(RuleOptions options)
    {
        TypeOfServiceMatch? match = null;
        while (options.Next())
        {
            if (options.Option != "--tos")
            {
                return null;
            }

            (uint value, uint mask) = options.Masked();
            match = new TypeOfServiceMatch((byte)(value & byte.MaxValue), (byte)(mask & byte.MaxValue), options.IsInverted);
        }

        return match;
    }

    internal static TypeOfServiceMatch? Read(ExtensionStructure s) =>
        s.Is(1, 3) ? new TypeOfServiceMatch(s.Byte(1), s.Byte(0), s.Byte(2) != 0) : null;

    internal override void Print(SavedText text) => text.Option(IsInverted, "--tos", $"0x{Value:x2}/0x{Mask:x2}");

    /// <summary>The two lowest bits (ECN) are zero in what opens a connection.</summary>
    internal override MatchAnswer Evaluate(WalkPacket packet, WalkNode node) => packet.Dscp is byte dscp
        ? MatchAnswer.Of((((dscp << DscpShift) & Mask) == Value) ^ IsInverted)
        : MatchAnswer.NotKnown("tos: the packet's type of service");
}
