using System.Collections.Immutable;
using System.Net;
using Berth.Netlink.Conntrack;
using Berth.Netlink.Route;

namespace Berth.Inspection;

/// <summary>
/// Follows the answer back: whether it passes the node again where it must be rewritten, and through which rules. A client
/// takes only what comes from where it sent to.
/// </summary>
internal sealed class ReplyWalk(WalkNode node, IReadOnlyList<WalkProgram> programs, WalkStart start)
{
    private const byte Tcp = 6;
    private const byte SynAck = 0x12;

    /// <summary>The way back from where a packet ended.</summary>
    internal WalkReply Of(WalkBranch ended)
    {
        WalkEnd end = ended.End!;
        WalkPacket packet = ended.Packet;
        IPAddress client = end.Source!;
        bool isRewritten = packet.Original is WalkTuple original
            ? !original.Destination.Equals(packet.Destination) || original.DestinationPort != packet.DestinationPort
            : !start.Packet.Destination.Equals(packet.Destination) || start.Packet.DestinationPort != packet.DestinationPort;
        if (end.Kind is WalkEndpointKind.Socket or WalkEndpointKind.Kernel)
        {
            return Walk(packet, null, isRewritten);
        }

        Link? link = node.Link(end.Interface);
        if (link is null)
        {
            return new WalkReply(null, "the link that it left by is not known");
        }

        if (IPAddress.IsLoopback(client))
        {
            return new WalkReply(false, $"it arrives from {client}, which is the receiver's own loopback: the answer never leaves it");
        }

        if (client.Equals(end.Address))
        {
            return new WalkReply(false, $"it arrives from the receiver's own address {client}: the answer never leaves it");
        }

        return node.IsLocal(client) || !IsBeside(client, link)
            ? Walk(packet, link, isRewritten)
            : Beside(packet, link, isRewritten);
    }

    // The receiver reaches the client without this node: on the same link, or by routers of its own.
    private bool IsBeside(IPAddress client, Link link)
    {
        RouteDecision back = node.Routing.DecideOne(new RouteQuestion(client));
        return back.IsFound && back.Output == link.Index;
    }

    private WalkReply Beside(WalkPacket packet, Link link, bool isRewritten)
    {
        if (!isRewritten)
        {
            return new WalkReply(true, $"the answer goes straight to {packet.Source}");
        }

        bool isBridged = link.Kind == "bridge" && (node.Sysctl(packet.Family == System.Net.Sockets.AddressFamily.InterNetwork
            ? "net.bridge.bridge-nf-call-iptables" : "net.bridge.bridge-nf-call-ip6tables") ?? 0) != 0
            && (node.Snapshot.Links.Value ?? []).Any(port => port.Controller == link.Index);
        return isBridged
            ? Walk(packet, link, isRewritten)
            : new WalkReply(
                false,
                $"the answer goes straight to {packet.Source}, past this node, which alone could rewrite its source to "
                + $"{EndpointText.Of(packet.Original?.Destination ?? start.Packet.Destination, packet.Original?.DestinationPort ?? start.Packet.DestinationPort)}: "
                + "the client takes no answer from another. A masquerade would help");
    }

    private WalkReply Walk(WalkPacket packet, Link? link, bool isRewritten)
    {
        WalkPacket answer = Answer(packet);
        PacketJourney journey = new(node, programs, ImmutableHashSet<string>.Empty);
        List<WalkBranch> ends = link is null ? journey.Send(answer) : journey.ComeIn(answer, link);
        // To the client what counts is from where it comes, and that it comes to the port that it sent from.
        bool Fits(WalkBranch end) => end.Packet.Source.Equals(start.Packet.Destination)
            && end.Packet.SourcePort == start.Packet.DestinationPort
            && end.Packet.Destination.Equals(packet.Original?.Source ?? packet.Source)
            && end.Packet.DestinationPort == start.Packet.SourcePort;
        bool Arrives(WalkBranch end) => Fits(end) && (end.End!.Outcome == WalkOutcome.Delivered || IsForClient(end));
        List<WalkBranch> lost = ends.FindAll(end => !Arrives(end));
        WalkBranch told = lost.Count > 0 ? lost[0] : ends[0];
        bool? arrives = lost.Count == 0 ? true : lost.Count == ends.Count ? false : null;
        return new WalkReply(arrives, Text(told, arrives, isRewritten)) { Steps = told.Steps };
    }

    // Of the node's own client no listening socket has to be there: its connection is.
    private bool IsForClient(WalkBranch end) => start.Link is null && end.End!.Outcome == WalkOutcome.Rejected
        && node.IsLocal(end.Packet.Destination) && end.End.Text.StartsWith("refused (", StringComparison.Ordinal);

    private static WalkPacket Answer(WalkPacket packet) => packet with
    {
        Source = packet.Destination,
        SourcePort = packet.DestinationPort,
        Destination = packet.Source,
        DestinationPort = packet.SourcePort,
        TcpFlags = packet.Protocol == Tcp ? SynAck : packet.TcpFlags,
        IcmpType = packet.Protocol == 1 ? (byte)0 : packet.Protocol == 58 ? (byte)129 : packet.IcmpType,
        InInterface = null,
        OutInterface = null,
        PhysicalIn = null,
        PhysicalOut = null,
        IsBridged = false,
        IsRouted = false,
        Gateway = null,
        Mark = 0,
        State = packet.State == WalkState.Untracked ? WalkState.Untracked : WalkState.None,
        Direction = 1,
        Status = packet.Status | FlowStatus.Confirmed | FlowStatus.SeenReply,
        SocketUser = null,
        SocketGroup = null,
        IsLocallyMade = false,
        IsStolen = false,
        IsProxied = false,
        Length = null,
        TimeToLive = null,
    };

    private string Text(WalkBranch end, bool? arrives, bool isRewritten)
    {
        string from = EndpointText.Of(end.Packet.Source, end.Packet.SourcePort);
        return arrives switch
        {
            true => isRewritten ? $"the answer passes this node, and reaches the client from {from}" : "the answer finds its way",
            false when end.End!.Outcome != WalkOutcome.Delivered => $"the answer is {end.End.Text}",
            false => $"the answer would reach the client from {from}, not from "
                + $"{EndpointText.Of(start.Packet.Destination, start.Packet.DestinationPort)}: the client does not take it",
            _ => $"the answer finds its way or not: {string.Join("; ", end.Assumptions.Select(static assumption => $"{(assumption.Holds ? "" : "not: ")}{assumption.Unknown}"))}",
        };
    }
}
