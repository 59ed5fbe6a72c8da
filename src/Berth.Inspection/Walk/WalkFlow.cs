using Berth.Netlink.Conntrack;

namespace Berth.Inspection;

/// <summary>A connection as tracking keeps it, apart from any packet: no rule before tracking sees it.</summary>
internal sealed record WalkFlow(WalkTuple Original, WalkTuple Reply, FlowStatus Status, uint Mark, UInt128 Labels, ushort Zone)
{
    /// <summary>The connection of a packet, once it is confirmed and answered; null when the packet has none.</summary>
    internal static WalkFlow? Of(WalkPacket packet) => packet is { Original: { } original, Reply: { } reply }
        ? new WalkFlow(original, reply, packet.Status | FlowStatus.Confirmed | FlowStatus.SeenReply, packet.ConnectionMark, packet.Labels, packet.Zone)
        : null;

    /// <summary>A packet of its reply direction, now that tracking has found it.</summary>
    internal WalkPacket Answering(WalkPacket packet) => packet with
    {
        Flow = null,
        State = WalkState.Established,
        Direction = 1,
        Original = Original,
        Reply = Reply,
        Status = Status,
        ConnectionMark = Mark,
        Labels = Labels,
    };
}
