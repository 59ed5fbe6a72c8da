using System.Net;
using System.Net.Sockets;
using Berth.Netlink.Conntrack;
using Berth.Netlink.Route;
using Berth.NfTables;

namespace Berth.Inspection;

/// <summary>
/// A packet on its way, with what the kernel keeps beside it. It never changes: a rule that changes something gives back
/// another. All that the rest of its way depends on is in here, so that two equal packets have the same future.
/// </summary>
internal sealed record WalkPacket
{
    /// <summary>A port of a bridge that nothing tells: no link has this name.</summary>
    internal const string UnknownPort = "?";

    /// <summary>IPv4 or IPv6.</summary>
    internal required AddressFamily Family { get; init; }

    /// <summary>The transport protocol's number.</summary>
    internal required byte Protocol { get; init; }

    internal required IPAddress Source { get; init; }

    internal required IPAddress Destination { get; init; }

    /// <summary>0 where the protocol has none.</summary>
    internal ushort SourcePort { get; init; }

    /// <summary>The ports of which <see cref="SourcePort"/> is one by chance, by rewriting; null when it is what it is.</summary>
    internal PortInterval? SourcePorts { get; init; }

    /// <summary>0 where the protocol has none.</summary>
    internal ushort DestinationPort { get; init; }

    /// <summary>The flags' byte of the TCP header: 2 SYN, 16 ACK.</summary>
    internal byte TcpFlags { get; init; }

    internal byte IcmpType { get; init; }

    internal byte IcmpCode { get; init; }

    /// <summary>Bytes, the network header included; null when not known.</summary>
    internal int? Length { get; init; }

    /// <summary>Time to live, or hop limit; null when not known.</summary>
    internal byte? TimeToLive { get; init; }

    /// <summary>The upper six bits of the type of service; null when not known.</summary>
    internal byte? Dscp { get; init; }

    /// <summary>The hook that it is in.</summary>
    internal NfHook Hook { get; init; }

    /// <summary>The link that it came in by; null where the hook has none.</summary>
    internal string? InInterface { get; init; }

    /// <summary>The link that it leaves by; null where the hook has none.</summary>
    internal string? OutInterface { get; init; }

    /// <summary>Whether it has a route. What rules change afterwards changes that only where it is routed anew.</summary>
    internal bool IsRouted { get; init; }

    /// <summary>The router of its route; null when there is none, or it was not routed yet.</summary>
    internal IPAddress? Gateway { get; init; }

    /// <summary>
    /// The bridge's port that it came in by; null when it came by no bridge, or br_netfilter is off;
    /// <see cref="UnknownPort"/> when it is one of several.
    /// </summary>
    internal string? PhysicalIn { get; init; }

    /// <summary>The bridge's port that it leaves by; null when it is not bridged; <see cref="UnknownPort"/> as above.</summary>
    internal string? PhysicalOut { get; init; }

    /// <summary>Whether it goes from port to port of a bridge, and is not routed.</summary>
    internal bool IsBridged { get; init; }

    /// <summary>Whether a rule gave it to a socket of the node, wherever it was for (TPROXY).</summary>
    internal bool IsProxied { get; init; }

    /// <summary>The port of that socket.</summary>
    internal ushort ProxyPort { get; init; }

    /// <summary>Whether IPVS took it over, and sends it on itself.</summary>
    internal bool IsStolen { get; init; }

    /// <summary>Whether IPVS has sent it on, and looks at it no more.</summary>
    internal bool IsFromVirtualServer { get; init; }

    /// <summary>What IPVS remembers of it; null when IPVS did not rewrite it.</summary>
    internal VirtualConnection? VirtualConnection { get; init; }

    /// <summary>Whether it answers the packet that was asked about.</summary>
    internal bool IsAnswer { get; init; }

    /// <summary>Of an answer the connection that tracking will find; null when there is none, or it was found.</summary>
    internal WalkFlow? Flow { get; init; }

    /// <summary>Its mark.</summary>
    internal uint Mark { get; init; }

    /// <summary>The zone in which tracking looks for its connection: 0 unless a rule before tracking chose another.</summary>
    internal ushort Zone { get; init; }

    /// <summary>How connection tracking sees it.</summary>
    internal WalkState State { get; init; }

    /// <summary>0 for the connection's original direction, 1 for the reply's.</summary>
    internal byte Direction { get; init; }

    /// <summary>What became of its connection.</summary>
    internal FlowStatus Status { get; init; }

    /// <summary>The connection's mark.</summary>
    internal uint ConnectionMark { get; init; }

    /// <summary>The connection's labels, label 0 the lowest bit.</summary>
    internal UInt128 Labels { get; init; }

    /// <summary>What the connection's first packet looked like; null when there is no connection.</summary>
    internal WalkTuple? Original { get; init; }

    /// <summary>What answers to it will look like where it ends; null when there is no connection.</summary>
    internal WalkTuple? Reply { get; init; }

    /// <summary>The user of the socket that sent it; null when not known, or from outside.</summary>
    internal uint? SocketUser { get; init; }

    /// <summary>The group of the socket that sent it; null when not known, or from outside.</summary>
    internal uint? SocketGroup { get; init; }

    /// <summary>The link that the socket that sent it is bound to; null for none.</summary>
    internal string? BoundTo { get; init; }

    /// <summary>Whether a process of this node sent it.</summary>
    internal bool IsLocallyMade { get; init; }

    /// <summary>Whether the kernel of this node sent it, by a socket of its own that belongs to no file.</summary>
    internal bool IsOfKernel { get; init; }

    /// <summary>PACKET_* of include/uapi/linux/if_packet.h: 0 to this host, 1 broadcast, 2 multicast, 3 to another host.</summary>
    internal byte PacketType { get; init; }

    /// <summary>Whether rules wrote its addresses or ports, past address translation.</summary>
    internal bool IsOverwritten { get; init; }

    /// <summary>What rules changed of the sets of nf_tables when it passed, the last change of each key.</summary>
    internal ValueList<SetChange> SetChanges { get; init; } = [];

    /// <summary>Whether it has a connection.</summary>
    internal bool IsTracked => Original is not null;

    /// <summary>The state as rules see it: what has no connection and was not exempted is invalid.</summary>
    internal WalkState VisibleState => State == WalkState.None ? WalkState.Invalid : State;

    /// <summary>What a rule in raw that exempts it from tracking gives back: nothing new once it has a connection.</summary>
    internal WalkPacket WithoutTracking() => State == WalkState.None ? this with { State = WalkState.Untracked } : this;
}
