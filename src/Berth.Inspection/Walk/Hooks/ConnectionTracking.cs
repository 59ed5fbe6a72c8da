namespace Berth.Inspection;

/// <summary>What connection tracking makes of a packet (nf_conntrack_in()).</summary>
internal static class ConnectionTracking
{
    private const byte Icmp = 1;
    private const byte Tcp = 6;
    private const byte Icmpv6 = 58;
    private const byte Sctp = 132;
    private const byte EchoRequest = 8;
    private const byte EchoRequestV6 = 128;

    /// <summary>A new connection, unless it has one already, as on its second round by loopback.</summary>
    internal static WalkPacket Track(WalkPacket packet)
    {
        if (packet.State != WalkState.None)
        {
            return packet;
        }

        if (packet.Flow is WalkFlow flow && flow.Zone == packet.Zone)
        {
            return flow.Answering(packet);
        }

        if (!StartsConnection(packet))
        {
            return packet with { State = WalkState.Invalid };
        }

        WalkTuple tuple = new(packet.Source, packet.SourcePort, packet.Destination, packet.DestinationPort);
        return packet with { State = WalkState.New, Original = tuple, Reply = tuple.Inverted };
    }

    private static bool StartsConnection(WalkPacket packet) => packet.Protocol switch
    {
        Tcp => StartsConnection(packet.TcpFlags),
        Icmp or Icmpv6 => packet.IcmpType is EchoRequest or EchoRequestV6, // icmp_new(), icmpv6_new()
        Sctp => !packet.IsAnswer, // sctp_new(): an INIT does, and its INIT ACK does not
        _ => true,
    };

    // tcp_new(): what asks for a connection, and, as long as nf_conntrack_tcp_loose is on, what looks like the middle of one.
    private static bool StartsConnection(byte flags)
    {
        const byte Finish = 1;
        const byte Synchronize = 2;
        const byte Reset = 4;
        const byte Acknowledge = 16;
        return (flags & (Finish | Synchronize | Reset | Acknowledge)) is Synchronize or Acknowledge;
    }
}
