using Berth.Netlink.Conntrack;
using Berth.Netlink.Route;

namespace Berth.Inspection;

/// <summary>What connection tracking knows (struct xt_conntrack_mtinfo1 to 3). What is null is not asked for.</summary>
internal sealed record ConntrackMatch : IptablesMatch
{
    internal TrackedStates? States { get; init; }

    internal bool AreStatesInverted { get; init; }

    internal ushort? Protocol { get; init; }

    internal bool IsProtocolInverted { get; init; }

    internal AddressTest? OriginalSource { get; init; }

    internal AddressTest? OriginalDestination { get; init; }

    internal AddressTest? ReplySource { get; init; }

    internal AddressTest? ReplyDestination { get; init; }

    internal PortTest? OriginalSourcePort { get; init; }

    internal PortTest? OriginalDestinationPort { get; init; }

    internal PortTest? ReplySourcePort { get; init; }

    internal PortTest? ReplyDestinationPort { get; init; }

    /// <summary>IPS_EXPECTED to IPS_CONFIRMED; 0 for NONE, which no connection meets.</summary>
    internal FlowStatus? Status { get; init; }

    internal bool IsStatusInverted { get; init; }

    /// <summary>Seconds until the connection is forgotten.</summary>
    internal (uint First, uint Last)? Expires { get; init; }

    internal bool IsExpiresInverted { get; init; }

    /// <summary>0 for the original direction, 1 for the reply's.</summary>
    internal byte? Direction { get; init; }

    internal override string Name => "conntrack";

    internal override void Print(SavedText text)
    {
        if (States is TrackedStates states)
        {
            text.Option(AreStatesInverted, "--ctstate", TrackedState.Text(states));
        }

        if (Protocol is ushort protocol)
        {
            text.Option(IsProtocolInverted, "--ctproto", $"{protocol}");
        }

        Print(text, "--ctorigsrc", OriginalSource);
        Print(text, "--ctorigdst", OriginalDestination);
        Print(text, "--ctreplsrc", ReplySource);
        Print(text, "--ctrepldst", ReplyDestination);
        Print(text, "--ctorigsrcport", OriginalSourcePort);
        Print(text, "--ctorigdstport", OriginalDestinationPort);
        Print(text, "--ctreplsrcport", ReplySourcePort);
        Print(text, "--ctrepldstport", ReplyDestinationPort);
        if (Status is FlowStatus status)
        {
            text.Option(IsStatusInverted, "--ctstatus", ConntrackWords.StatusText(status));
        }

        if (Expires is (uint first, uint last))
        {
            text.Option(IsExpiresInverted, "--ctexpire", first == last ? $"{first}" : $"{first}:{last}");
        }

        if (Direction is byte direction)
        {
            text.Option(false, "--ctdir", direction == 0 ? "ORIGINAL" : "REPLY");
        }
    }

    /// <summary>In the order of conntrack_mt(): without a connection the state alone decides, and all else is not met.</summary>
    internal override MatchAnswer Evaluate(WalkPacket packet, WalkNode node)
    {
        if (States is TrackedStates states && (((TrackedState.Of(packet) & states) != 0) == AreStatesInverted))
        {
            return MatchAnswer.No;
        }

        if (packet is not { Original: WalkTuple original, Reply: WalkTuple reply })
        {
            return MatchAnswer.Of(States is not null);
        }

        bool isMet = (Direction is not byte direction || direction == packet.Direction)
            && Passes(OriginalSource, original.Source) && Passes(OriginalDestination, original.Destination)
            && Passes(ReplySource, reply.Source) && Passes(ReplyDestination, reply.Destination)
            && (Protocol is not ushort protocol || (protocol == packet.Protocol) ^ IsProtocolInverted)
            && Passes(OriginalSourcePort, original.SourcePort) && Passes(OriginalDestinationPort, original.DestinationPort)
            && Passes(ReplySourcePort, reply.SourcePort) && Passes(ReplyDestinationPort, reply.DestinationPort)
            && (Status is not FlowStatus status || ((packet.Status & status) != 0) ^ IsStatusInverted);
        return !isMet ? MatchAnswer.No
            : Expires is null ? MatchAnswer.Yes
            : MatchAnswer.NotKnown("conntrack: when the connection expires");
    }

    internal static ConntrackMatch? Parse(RuleOptions options) => ConntrackWords.Parse(options);

    private static bool Passes(AddressTest? test, System.Net.IPAddress address) =>
        test is not AddressTest asked || asked.Passes(address);

    private static bool Passes(PortTest? test, ushort port) => test is not PortTest asked || asked.Passes(port);

    private static void Print(SavedText text, string option, AddressTest? test)
    {
        if (test is AddressTest asked)
        {
            text.Option(asked.IsInverted, option, asked.ShortText);
        }
    }

    private static void Print(SavedText text, string option, PortTest? test)
    {
        if (test is PortTest asked)
        {
            text.Option(asked.IsInverted, option, PortTest.Text(asked.Ports));
        }
    }
}
