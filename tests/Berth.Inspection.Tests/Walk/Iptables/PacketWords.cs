using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Berth.Netlink.Conntrack;
using Berth.NfTables;

namespace Berth.Inspection.Tests.Walk.Iptables;

/// <summary>
/// A packet in words, such as "udp dport=53 mark=0x4000": what is not said is as in the first packet of a TCP connection
/// from 10.9.9.9:40000 to 192.0.2.1:80, which came in by eth0.
/// </summary>
internal static class PacketWords
{
    internal static WalkPacket Parse(string words)
    {
        WalkPacket packet = words.Contains("v6", StringComparison.Ordinal)
            ? New("2001:db8::9", "fd00:2::1")
            : New("10.9.9.9", "192.0.2.1");
        foreach (string word in words.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = word.Split('=');
            packet = With(packet, parts[0], parts[^1]);
        }

        return packet;
    }

    private static WalkPacket New(string source, string destination)
    {
        WalkTuple tuple = new(IPAddress.Parse(source), 40000, IPAddress.Parse(destination), 80);
        return new WalkPacket
        {
            Family = tuple.Source.AddressFamily,
            Protocol = 6,
            Source = tuple.Source,
            SourcePort = tuple.SourcePort,
            Destination = tuple.Destination,
            DestinationPort = tuple.DestinationPort,
            TcpFlags = 2,
            Length = 60,
            TimeToLive = 64,
            Dscp = 0,
            Hook = NfHook.Prerouting,
            InInterface = "eth0",
            State = WalkState.New,
            Original = tuple,
            Reply = tuple.Inverted,
        };
    }

    private static WalkPacket With(WalkPacket packet, string key, string value)
    {
        uint Number() => value.StartsWith("0x", StringComparison.Ordinal)
            ? uint.Parse(value.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture)
            : uint.Parse(value, CultureInfo.InvariantCulture);
        return key switch
        {
            "v6" or "-" => packet,
            "tcp" => packet with { Protocol = 6 },
            "udp" => packet with { Protocol = 17 },
            "sctp" => packet with { Protocol = 132 },
            "icmp" => packet with { Protocol = packet.Family == AddressFamily.InterNetwork ? (byte)1 : (byte)58, SourcePort = 0, DestinationPort = 0 },
            "proto" => packet with { Protocol = (byte)Number() },
            "src" => packet with { Source = IPAddress.Parse(value) },
            "dst" => packet with { Destination = IPAddress.Parse(value) },
            "sport" => packet with { SourcePort = (ushort)Number() },
            "dport" => packet with { DestinationPort = (ushort)Number() },
            "flags" => packet with { TcpFlags = (byte)Number() },
            "type" => packet with { IcmpType = (byte)Number() },
            "code" => packet with { IcmpCode = (byte)Number() },
            "mark" => packet with { Mark = Number() },
            "ctmark" => packet with { ConnectionMark = Number() },
            "in" => packet with { InInterface = value == "none" ? null : value },
            "out" => packet with { OutInterface = value },
            "physin" => packet with { PhysicalIn = value },
            "physout" => packet with { PhysicalOut = value },
            "length" => packet with { Length = value == "unknown" ? null : (int)Number() },
            "ttl" => packet with { TimeToLive = value == "unknown" ? null : (byte)Number() },
            "dscp" => packet with { Dscp = value == "unknown" ? null : (byte)Number() },
            "pkttype" => packet with { PacketType = (byte)Number() },
            "uid" => packet with { SocketUser = Number(), IsLocallyMade = true },
            "gid" => packet with { SocketGroup = Number(), IsLocallyMade = true },
            "local" => packet with { IsLocallyMade = true },
            "hook" => packet with { Hook = Enum.Parse<NfHook>(value, ignoreCase: true) },
            "state" => packet with { State = Enum.Parse<WalkState>(value, ignoreCase: true) },
            "status" => packet with { Status = Enum.Parse<FlowStatus>(value, ignoreCase: true) },
            "direction" => packet with { Direction = (byte)Number() },
            "reply" => packet with { Reply = packet.Reply! with { Source = IPAddress.Parse(value) } },
            "untracked" => packet with { State = WalkState.Untracked, Original = null, Reply = null },
            "untouched" => packet with { State = WalkState.None, Original = null, Reply = null },
            "invalid" => packet with { State = WalkState.Invalid, Original = null, Reply = null },
            _ => throw new ArgumentException($"'{key}' is no property of a packet", nameof(key)),
        };
    }
}
