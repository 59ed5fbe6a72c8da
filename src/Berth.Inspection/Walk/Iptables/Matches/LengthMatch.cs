using Berth.Netlink.Route;

namespace Berth.Inspection;

/// <summary>How long a packet is, its network header included (struct xt_length_info).</summary>
internal sealed record LengthMatch(PortInterval Bytes, bool IsInverted) : IptablesMatch
{
    internal override string Name => "length";

    internal static LengthMatch? Parse(RuleOptions options)
    {
        LengthMatch? match = null;
        while (options.Next())
        {
            if (options.Option != "--length")
            {
                return null;
            }

            match = new LengthMatch(options.Ports(), options.IsInverted);
        }

        return match;
    }

    internal static LengthMatch? Read(ExtensionStructure s) => s.Is(0, 5) ? new LengthMatch(s.Interval(0), s.Byte(4) != 0) : null;

    internal override void Print(SavedText text) => text.Option(IsInverted, "--length", PortTest.Text(Bytes));

    internal override MatchAnswer Evaluate(WalkPacket packet, WalkNode node) => packet.Length is int length
        ? MatchAnswer.Of((length >= Bytes.First && length <= Bytes.Last) ^ IsInverted)
        : MatchAnswer.NotKnown("length: how long the packet is");
}
