using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Berth.Walk.Tests.Judge;

/// <summary>A packet that is walked and really sent.</summary>
internal sealed record SentPacket
{
    internal const byte Icmp = 1;
    internal const byte Tcp = 6;
    internal const byte Udp = 17;
    internal const byte Icmpv6 = 58;
    internal const byte Sctp = 132;
    internal const byte Syn = 2;
    internal const byte Ack = 16;

    /// <summary>Where it starts: a place of the <see cref="Topology"/>.</summary>
    internal required string From { get; init; }

    internal required byte Protocol { get; init; }

    internal required IPAddress Source { get; init; }

    internal required IPAddress Destination { get; init; }

    internal ushort SourcePort { get; init; }

    internal ushort DestinationPort { get; init; }

    internal byte TcpFlags { get; init; } = Syn;

    internal byte TimeToLive { get; init; } = 64;

    internal byte Dscp { get; init; }

    /// <summary>Whose socket sends it, when it starts at the node.</summary>
    internal uint User { get; init; }

    /// <summary>Whether it is for more than one host: its sender gets it, too.</summary>
    internal bool IsForMany => Family == AddressFamily.InterNetwork
        ? Destination.GetAddressBytes() is [>= 224, ..] or [.., 255]
        : Destination.IsIPv6Multicast;

    /// <summary>
    /// Whether the process of the node that gets it leaves the choice of its answer's source to the kernel, and does not answer
    /// from where it was asked.
    /// </summary>
    internal bool IsAnsweredFromAnywhere { get; init; }

    internal AddressFamily Family => Source.AddressFamily;

    internal bool HasPorts => Protocol is Tcp or Udp or Sctp;

    public override string ToString()
    {
        string name = Protocol switch
        {
            Tcp => "tcp",
            Udp => "udp",
            Sctp => "sctp",
            Icmp => "icmp",
            _ => "icmpv6",
        };
        string source = HasPorts ? new IPEndPoint(Source, SourcePort).ToString() : Source.ToString();
        string destination = HasPorts ? new IPEndPoint(Destination, DestinationPort).ToString() : Destination.ToString();
        string flags = Protocol == Tcp && TcpFlags != Syn ? $" flags 0x{TcpFlags:x}" : "";
        string more = (Dscp != 0 ? string.Create(CultureInfo.InvariantCulture, $" dscp {Dscp}") : "")
            + (TimeToLive != 64 ? string.Create(CultureInfo.InvariantCulture, $" ttl {TimeToLive}") : "")
            + (User != 0 ? string.Create(CultureInfo.InvariantCulture, $" uid {User}") : "");
        return $"{name} {source} > {destination} from {From}{flags}{more}";
    }
}
