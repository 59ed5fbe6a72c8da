namespace Berth.Inspection;

/// <summary>To whom the link layer sent a packet (struct xt_pkttype_info).</summary>
/// <param name="Type">PACKET_*: 0 to this host, 1 broadcast, 2 multicast.</param>
/// <param name="IsInverted">Whether it asks for the others.</param>
internal sealed record PacketTypeMatch(uint Type, bool IsInverted) : IptablesMatch
{
    private static readonly string[] Names = ["unicast", "broadcast", "multicast"];

    internal override string Name => "pkttype";

    internal static PacketTypeMatch? Parse(RuleOptions options)
    {
        PacketTypeMatch? match = null;
        while (options.Next())
        {
            if (options.Option != "--pkt-type")
            {
                return null;
            }

            string name = options.Word();
            int type = name == "host" ? 0 : Array.IndexOf(Names, name);
            match = type < 0 ? null : new PacketTypeMatch((uint)type, options.IsInverted);
        }

        return match;
    }

    internal static PacketTypeMatch? Read(ExtensionStructure s) =>
        s.Is(0, 8) && s.UInt32(0) < Names.Length ? new PacketTypeMatch(s.UInt32(0), s.UInt32(4) != 0) : null;

    internal override void Print(SavedText text) => text.Option(IsInverted, "--pkt-type", Names[Type]);

    internal override MatchAnswer Evaluate(WalkPacket packet, WalkNode node) =>
        MatchAnswer.Of((packet.PacketType == Type) ^ IsInverted);
}
