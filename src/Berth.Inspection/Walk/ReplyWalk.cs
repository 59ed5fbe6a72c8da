using System.Collections.Immutable;
using System.Net;
using Berth.Netlink.Conntrack;
using Berth.Netlink.Route;
using Berth.Netlink.Sockets;

namespace Berth.Inspection;

/// <summary>
/// Follows the answer back: whether it passes the node again where it must be rewritten, and through which rules. A client
/// takes only what comes from where it sent to.
/// </summary>
internal sealed class ReplyWalk(WalkNode node, IReadOnlyList<WalkProgram> programs, WalkStart start)
{
    private const byte Icmp = 1;
    private const byte Icmpv6 = 58;
    private const byte Tcp = 6;
    private const byte Udp = 17;
    private const byte UdpLite = 136;
    private const byte SynAck = 0x12;
    private const byte EchoReply = 0;
    private const byte EchoReplyV6 = 129;

    // Ways that differ in what they depend on alone have the same answer.
    private readonly Dictionary<(WalkPacket, Link?), List<WalkBranch>> _walked = [];
    private readonly WalkEffort _effort = new();

    /// <summary>The way back from where a packet ended.</summary>
    internal WalkReply Of(WalkBranch ended)
    {
        WalkEnd end = ended.End!;
        WalkPacket packet = ended.Packet;
        IPAddress client = end.Source!;
        if (GroupRouting.IsForMany(node, packet.Destination))
        {
            return new WalkReply(null, $"whoever answers does so from an address of its own, and not from {packet.Destination}");
        }

        bool isRewritten = packet is { Original: WalkTuple original, IsOverwritten: false }
            ? !original.Destination.Equals(packet.Destination) || original.DestinationPort != packet.DestinationPort
            : !start.Packet.Destination.Equals(packet.Destination) || start.Packet.DestinationPort != packet.DestinationPort;
        if (end.Kind is WalkEndpointKind.Socket or WalkEndpointKind.Kernel)
        {
            return NoSourceOf(packet, end) is string refusal
                ? new WalkReply(false, $"the answer cannot leave: {refusal}")
                : Walk(packet, null, isRewritten, end.Kind == WalkEndpointKind.Socket) with { OtherSource = OtherSource(packet, end) };
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
        bool isBridged = link.Kind == "bridge" && (node.Sysctl(packet.Family == System.Net.Sockets.AddressFamily.InterNetwork
            ? "net.bridge.bridge-nf-call-iptables" : "net.bridge.bridge-nf-call-ip6tables") ?? 0) != 0
            && (node.Snapshot.Links.Value ?? []).Any(port => port.Controller == link.Index);
        WalkReply straight = isRewritten
            ? new WalkReply(
                false,
                $"the answer goes straight to {packet.Source}, past this node, which alone could rewrite its source to "
                + $"{EndpointText.Of(packet.Original?.Destination ?? start.Packet.Destination, packet.Original?.DestinationPort ?? start.Packet.DestinationPort)}: "
                + "the client takes no answer from another. A masquerade would help")
            : new WalkReply(true, $"the answer goes straight to {packet.Source}");
        return isBridged ? Walk(packet, link, isRewritten) : straight.From(packet.Destination, packet.DestinationPort);
    }

    // ip_route_output_key_hash_rcu(): IPv4 sends from the node's own addresses only, unless the socket is transparent; UDP of
    // IPv6 does too (ip6_datagram_send_ctl()).
    private string? NoSourceOf(WalkPacket packet, WalkEnd end) =>
        (packet.Family == System.Net.Sockets.AddressFamily.InterNetwork || packet.Protocol == Udp) && !node.IsLocal(packet.Destination)
        && !(end.Kind == WalkEndpointKind.Socket && LocalSockets.Receiver(node, packet)?.IsTransparent != false)
            ? $"{packet.Destination} is no address of this node" + (end.Kind == WalkEndpointKind.Socket ? ", and the socket is not transparent" : "")
            : null;

    // udp_sendmsg(), udpv6_sendmsg(): a socket on every address answers from the route's, unless its process asks for another
    // (IP_PKTINFO); of TCP the connection has the address.
    private IPAddress? OtherSource(WalkPacket packet, WalkEnd end)
    {
        if (end.Kind != WalkEndpointKind.Socket || packet.Protocol is not (Udp or UdpLite)
            || LocalSockets.Receiver(node, packet) is not { IsTransparent: not true } socket
            || !LocalSockets.IsOnEveryAddress(socket))
        {
            return null;
        }

        RouteDecision way = node.Routing.DecideOne(new RouteQuestion(packet.Source)
        {
            Output = node.Link(socket.Interface)?.Name,
            Protocol = packet.Protocol,
            SourcePort = packet.DestinationPort,
            DestinationPort = packet.SourcePort,
        });
        return way.IsFound && LinkAddresses.ForOutput(node, packet.Source, way) is IPAddress source && !source.Equals(packet.Destination)
            ? source
            : null;
    }

    private WalkReply Walk(WalkPacket packet, Link? link, bool isRewritten, bool isFromSocket = false)
    {
        WalkPacket answer = Answer(packet, isFromSocket) with { IsOfKernel = link is null && !isFromSocket };
        if (!_walked.TryGetValue((answer, link), out List<WalkBranch>? ends))
        {
            PacketJourney journey = new(node, programs, ImmutableHashSet<string>.Empty, _effort);
            _walked.Add((answer, link), ends = link is null ? journey.Send(answer) : journey.ComeIn(answer, link));
        }

        // To the client what counts is from where it comes, and that it comes to the port that it sent from.
        IPAddress client = packet.IsOverwritten ? start.Packet.Source : packet.Original?.Source ?? packet.Source;
        bool Reaches(WalkBranch end) => end.Packet.Destination.Equals(client)
            && end.Packet.DestinationPort == start.Packet.SourcePort
            && (start.Link is null) == (end.End!.Interface is null)
            && (end.End!.Outcome == WalkOutcome.Delivered || IsForClient(end));
        bool Arrives(WalkBranch end) => Reaches(end) && end.Packet.Source.Equals(start.Packet.Destination)
            && end.Packet.SourcePort == start.Packet.DestinationPort;
        if (ends.Find(end => Arrives(end) && IsElsewhere(end)) is WalkBranch elsewhere)
        {
            return new WalkReply(
                null,
                $"the answer leaves by {elsewhere.End!.Interface}, and not by {start.Link!.Name}, where the client is: whether it gets there "
                + "other hosts decide")
            { Steps = elsewhere.Steps };
        }

        List<WalkBranch> lost = ends.FindAll(end => !Arrives(end));
        WalkBranch told = lost.Count > 0 ? lost[0] : ends[0];
        bool? arrives = lost.Count == 0 ? true : lost.Count == ends.Count ? false : null;
        WalkReply reply = new(arrives, Text(told, arrives, isRewritten, Reaches(told))) { Steps = told.Steps };
        return arrives is not null && Reaches(told) ? reply.From(told.Packet.Source, told.Packet.SourcePort) : reply;
    }

    // By another link than the client's, or the bridge's that it is a port of.
    private bool IsElsewhere(WalkBranch end) => start.Link is Link link && end.End!.Interface is string output
        && output != link.Name && output != node.Link(link.Controller)?.Name;

    // Of the node's own client no listening socket has to be there: its connection is.
    private bool IsForClient(WalkBranch end) => start.Link is null && end.End!.Outcome == WalkOutcome.Rejected
        && node.IsLocal(end.Packet.Destination) && end.End.Text.StartsWith("refused (", StringComparison.Ordinal);

    // A new packet: of the old one it has what connection tracking and IPVS keep. What had no connection begins one of its own.
    private WalkPacket Answer(WalkPacket packet, bool isFromSocket)
    {
        DiagnosedSocket? socket = isFromSocket ? LocalSockets.Receiver(node, packet) : null;
        return Answer(packet) with
        {
            IsLocallyMade = isFromSocket,
            SocketUser = socket?.User,
            BoundTo = socket is null ? null : node.Link(socket.Interface)?.Name,
        };
    }

    private static WalkPacket Answer(WalkPacket packet) => new()
    {
        Family = packet.Family,
        Protocol = packet.Protocol,
        Source = packet.Destination,
        SourcePort = packet.DestinationPort,
        Destination = packet.Source,
        DestinationPort = packet.SourcePort,
        TcpFlags = packet.Protocol == Tcp ? SynAck : (byte)0,
        IcmpType = packet.Protocol == Icmp ? EchoReply : packet.Protocol == Icmpv6 ? EchoReplyV6 : (byte)0,
        IsAnswer = true,
        Flow = IsOfItsFlow(packet) ? WalkFlow.Of(packet) : null,
        SetChanges = packet.SetChanges,
        VirtualConnection = packet.VirtualConnection,
    };

    // Tracking finds the connection by the answer's addresses; what rules wrote past it leads to another.
    private static bool IsOfItsFlow(WalkPacket packet) => !packet.IsOverwritten || packet.Reply is not WalkTuple reply
        || (reply.Source.Equals(packet.Destination) && reply.SourcePort == packet.DestinationPort
            && reply.Destination.Equals(packet.Source) && reply.DestinationPort == packet.SourcePort);

    private string Text(WalkBranch end, bool? arrives, bool isRewritten, bool isReached)
    {
        string from = EndpointText.Of(end.Packet.Source, end.Packet.SourcePort);
        return arrives switch
        {
            true => isRewritten ? $"the answer passes this node, and reaches the client from {from}" : "the answer finds its way",
            false when end.End!.Outcome != WalkOutcome.Delivered => $"the answer is {end.End.Text}",
            false when !isReached => $"the answer, for {EndpointText.Of(end.Packet.Destination, end.Packet.DestinationPort)}, does not end at the client: {end.End!.Text}",
            false => $"the answer would reach the client from {from}, not from "
                + $"{EndpointText.Of(start.Packet.Destination, start.Packet.DestinationPort)}: the client does not take it",
            _ => $"the answer finds its way or not: {string.Join("; ", end.Assumptions.Select(static assumption => $"{(assumption.Holds ? "" : "not: ")}{assumption.Unknown}"))}",
        };
    }
}
