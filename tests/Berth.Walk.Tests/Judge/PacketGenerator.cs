using System.Net;

namespace Berth.Walk.Tests.Judge;

/// <summary>Makes packets: of every protocol, from every place, to addresses of the node, pods, services and others.</summary>
internal sealed class PacketGenerator(Choice choice)
{
    private static readonly Dictionary<string, string[]> Own = new()
    {
        [Topology.Outside] = ["192.0.2.10", "198.18.0.10", "203.0.113.5"],
        [Topology.PodA] = ["10.244.1.2"],
        [Topology.PodB] = ["10.244.1.3"],
        [Topology.PodR] = ["10.244.2.2"],
    };

    private static readonly Dictionary<string, string[]> Own6 = new()
    {
        [Topology.Outside] = ["2001:db8:1::10", "fd00:18::10", "2001:db8:3::5"],
        [Topology.PodA] = ["fd00:244:1::2"],
        [Topology.PodB] = ["fd00:244:1::3"],
        [Topology.PodR] = ["fd00:244:2::2"],
    };

    private static readonly string[] NodeAddresses =
        ["192.0.2.1", "192.0.2.2", "198.18.0.1", "10.244.1.1", "10.96.0.9"];

    private static readonly string[] NodeAddresses6 =
        ["2001:db8:1::1", "2001:db8:1::2", "fd00:18::1", "fd00:244:1::1", "fd00:96::9"];

    internal SentPacket Next()
    {
        bool isIPv6 = choice.Chance(0.35);
        string from = choice.Of(
            Topology.Outside, Topology.Outside, Topology.Outside, Topology.Node, Topology.Node, Topology.PodA, Topology.PodB, Topology.PodR);
        string[] own = (isIPv6 ? Own6 : Own).GetValueOrDefault(from) ?? [];
        string destination = Destination(from, isIPv6, own);
        int kind = choice.Below(100);
        byte protocol = kind < 50 ? SentPacket.Tcp
            : kind < 82 ? SentPacket.Udp
            : kind < 94 ? (isIPv6 ? SentPacket.Icmpv6 : SentPacket.Icmp)
            : SentPacket.Sctp;
        SentPacket packet = new()
        {
            From = from,
            Protocol = protocol,
            Source = IPAddress.Parse(Source(from, isIPv6, own, destination)),
            Destination = IPAddress.Parse(destination),
            SourcePort = (ushort)(choice.Chance(0.9) ? 20000 + choice.Below(40000) : choice.Of(53, 68, 1023, 5353)),
            DestinationPort = protocol is SentPacket.Icmp or SentPacket.Icmpv6 ? (ushort)0 : choice.From(Pool.Ports),
            Dscp = choice.Chance(0.1) ? choice.Of<byte>(8, 46) : (byte)0,
            TimeToLive = choice.Chance(0.9) ? (byte)64 : choice.Of<byte>(3, 32, 255),
            User = from == Topology.Node && choice.Chance(0.4) ? choice.From(Topology.Users) : 0,
        };
        return packet with { TcpFlags = choice.Chance(0.92) ? SentPacket.Syn : choice.Of<byte>(SentPacket.Ack, SentPacket.Syn | SentPacket.Ack) };
    }

    private string Destination(string from, bool isIPv6, string[] own)
    {
        int kind = choice.Below(100);
        if (from == Topology.Node && kind < 15)
        {
            return isIPv6 ? "::1" : "127.0.0.1";
        }

        string destination = kind < 50 ? choice.From(isIPv6 ? NodeAddresses6 : NodeAddresses)
            : kind < 75 ? choice.From(isIPv6 ? (string[])["fd00:244:1::2", "fd00:244:1::3", "fd00:244:2::2"] : ["10.244.1.2", "10.244.1.3", "10.244.2.2"])
            : kind < 88 ? (isIPv6 ? "fd00:96::10" : "10.96.0.10")
            : choice.From(isIPv6 ? (string[])["2001:db8:1::10", "2001:db8:3::5"] : ["192.0.2.10", "203.0.113.5", "203.0.113.200", "203.0.113.70"]);
        return own.Contains(destination) || (from == Topology.Outside && kind >= 88)
            ? (isIPv6 ? "2001:db8:1::1" : "192.0.2.1")
            : destination;
    }

    private string Source(string from, bool isIPv6, string[] own, string destination)
    {
        if (from != Topology.Node)
        {
            // What is not its sender's own is what rpfilter looks for. On a bridge it would not tell to whom the frame goes.
            return from is Topology.Outside or Topology.PodR && choice.Chance(0.08) ? choice.From(isIPv6 ? (string[])["2001:db8:9::9", "fd00:244:1::77"] : ["203.0.113.77", "10.244.1.77"]) : own[choice.Chance(0.7) ? 0 : choice.Below(own.Length)];
        }

        if ((isIPv6 ? NodeAddresses6 : NodeAddresses).Contains(destination) || destination is "127.0.0.1" or "::1")
        {
            return destination;
        }

        return (isIPv6, destination) switch
        {
            (false, "10.244.1.2" or "10.244.1.3") => "10.244.1.1",
            (false, _) => "192.0.2.1",
            (true, "fd00:244:1::2" or "fd00:244:1::3") => "fd00:244:1::1",
            (true, _) => "2001:db8:1::1",
        };
    }
}
