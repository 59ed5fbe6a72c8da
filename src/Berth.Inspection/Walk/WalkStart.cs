using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Berth.Netlink.Route;

namespace Berth.Inspection;

/// <summary>A packet as it enters the node, with all that was left open chosen.</summary>
/// <param name="Question">The question, completed.</param>
/// <param name="Packet">The packet.</param>
/// <param name="Link">The link that it comes in by; null for the node's own.</param>
/// <param name="Chosen">What was chosen, in words.</param>
internal sealed record WalkStart(WalkQuestion Question, WalkPacket Packet, Link? Link, IReadOnlyList<string> Chosen)
{
    private const byte Icmp = 1;
    private const byte Icmpv6 = 58;
    private const byte Tcp = 6;
    private const byte Syn = 2;
    private const byte EchoRequest = 8;
    private const byte EchoRequestV6 = 128;

    /// <exception cref="WalkException">The packet cannot enter so.</exception>
    internal static WalkStart Of(WalkNode node, WalkQuestion question)
    {
        List<string> chosen = [];
        WalkQuestion asked = question;
        if (question.Source is not null && question.Source.AddressFamily != question.Destination.AddressFamily)
        {
            throw new WalkException($"source {question.Source} and destination {question.Destination} are of different families");
        }

        Link? link = null;
        question = question with { Origin = question.Origin ?? WalkEntrance.OriginOf(node, question) };
        if (question.Origin == WalkOrigin.Outside)
        {
            (link, question) = WalkEntrance.FromOutside(node, question, chosen);
        }
        else if (question.Origin == WalkOrigin.Pod)
        {
            (link, question) = WalkEntrance.FromPod(node, question);
        }

        if (question is { Origin: WalkOrigin.Node, Source: IPAddress own } && !node.IsLocal(own))
        {
            throw new WalkException($"source {own} is no address of the node, which sends only from its own");
        }

        if (question.SourcePort is null && question.DestinationPort != 0)
        {
            ushort port = FirstEphemeral(node);
            question = question with { SourcePort = port };
            chosen.Add($"source port {port} was chosen");
        }

        return new WalkStart(question, PacketOf(question), link, chosen) { IsKept = Keeps(node, asked, question) };
    }

    /// <summary>
    /// Whether the packet never gets to the node: whoever is at its source has its destination, too, and so keeps it.
    /// </summary>
    internal bool IsKept { get; private init; }

    // Of a packet that is said to come in by a link, it was said that it comes in.
    private static bool Keeps(WalkNode node, WalkQuestion asked, WalkQuestion question) =>
        asked.Interface is null && question is { Origin: WalkOrigin.Outside or WalkOrigin.Pod, Source: IPAddress source }
        && !node.IsLocal(question.Destination)
        && (source.Equals(question.Destination)
            || (node.Snapshot.CniCache.Value ?? []).Any(attachment => attachment.SandboxExists != false
                && attachment.Addresses.Contains(source) && attachment.Addresses.Contains(question.Destination)));

    private static WalkPacket PacketOf(WalkQuestion question)
    {
        AddressFamily family = question.Destination.AddressFamily;
        byte protocol = question.Protocol == Icmp && family == AddressFamily.InterNetworkV6 ? Icmpv6 : question.Protocol;
        return new WalkPacket
        {
            Family = family,
            Protocol = protocol,
            Source = question.Source ?? (family == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any),
            Destination = question.Destination,
            SourcePort = question.SourcePort ?? 0,
            DestinationPort = question.DestinationPort,
            TcpFlags = protocol == Tcp ? Syn : (byte)0,
            IcmpType = protocol == Icmp ? EchoRequest : protocol == Icmpv6 ? EchoRequestV6 : (byte)0,
            IsLocallyMade = question.Origin == WalkOrigin.Node,
            SocketUser = question.User,
            Mark = question.Mark,
            Length = question.Length,
            TimeToLive = question.TimeToLive,
        };
    }

    private static ushort FirstEphemeral(WalkNode node) =>
        node.Snapshot.Sysctls.Value is { } values && values.TryGetValue("net.ipv4.ip_local_port_range", out string? range)
        && ushort.TryParse(range.Split(' ')[0], CultureInfo.InvariantCulture, out ushort first) ? first : (ushort)32768;
}
