using System.Net;
using System.Net.Sockets;

namespace Berth.Walk.Tests.Judge;

/// <summary>
/// Addresses, ports and the like that packets have and rules speak of. They are few, so that rules meet packets; rules
/// take most of theirs from a packet of their own case.
/// </summary>
internal sealed class Pool(Choice choice, AddressFamily family, IReadOnlyList<SentPacket> packets)
{
    internal static readonly ushort[] Ports = [53, 80, 443, 8080, 30080];
    internal static readonly string[] Links = ["eth0", "eth1", "cni0", "vethr", "lo", "vip0"];
    internal static readonly string[] BridgePorts = ["vetha", "vethb"];

    private static readonly string[] Everyone =
    [
        "192.0.2.1", "192.0.2.2", "192.0.2.10", "198.18.0.1", "198.18.0.10", "10.244.1.1", "10.244.1.2", "10.244.1.3",
        "10.244.2.2", "10.96.0.9", "10.96.0.10", "203.0.113.5", "127.0.0.1",
    ];

    private static readonly string[] Everyone6 =
    [
        "2001:db8:1::1", "2001:db8:1::2", "2001:db8:1::10", "fd00:18::1", "fd00:18::10", "fd00:244:1::1", "fd00:244:1::2",
        "fd00:244:1::3", "fd00:244:2::2", "fd00:96::9", "fd00:96::10", "2001:db8:3::5", "::1",
    ];

    private static readonly string[] Networks =
        ["192.0.2.0/24", "10.244.0.0/16", "10.244.1.0/24", "10.96.0.0/12", "127.0.0.0/8", "0.0.0.0/1", "128.0.0.0/1", "198.18.0.0/23"];

    private static readonly string[] Networks6 =
        ["2001:db8:1::/64", "fd00:244::/32", "fd00:244:1::/64", "fd00:96::/108", "::1/128", "2000::/3", "fc00::/7", "fd00:18::/63"];

    private static readonly string[] Targets =
        ["10.244.1.2", "10.244.1.3", "10.244.2.2", "192.0.2.1", "203.0.113.5", "127.0.0.1", "10.96.0.9"];

    private static readonly string[] Targets6 =
        ["fd00:244:1::2", "fd00:244:1::3", "fd00:244:2::2", "2001:db8:1::1", "2001:db8:3::5", "fd00:96::9"];

    private static readonly string[] Sources = ["192.0.2.1", "192.0.2.2", "10.244.1.1", "203.0.113.200", "198.18.0.1"];
    private static readonly string[] Sources6 = ["2001:db8:1::1", "2001:db8:1::2", "fd00:244:1::1", "fd00:18::1"];

    internal bool IsIPv6 => family == AddressFamily.InterNetworkV6;

    internal Choice Choice => choice;

    private IReadOnlyList<SentPacket> Mine { get; } = [.. packets.Where(packet => packet.Family == family)];

    internal static string[] Addresses(bool isIPv6) => isIPv6 ? Everyone6 : Everyone;

    /// <summary>A packet of the case and of this family; null when there is none, and sometimes.</summary>
    internal SentPacket? Packet() => Mine.Count > 0 && choice.Chance(0.8) ? choice.From(Mine) : null;

    internal string Source() => Packet()?.Source.ToString() ?? Address();

    // What rewriting may have made of it, too.
    internal string Destination() => choice.Chance(0.3) ? Target() : Packet()?.Destination.ToString() ?? Address();

    internal string Address() => choice.From(IsIPv6 ? Everyone6 : Everyone);

    internal string Network() => choice.From(IsIPv6 ? Networks6 : Networks);

    /// <summary>Where a destination may be rewritten to.</summary>
    internal string Target() => choice.From(IsIPv6 ? Targets6 : Targets);

    /// <summary>What a source may be rewritten to.</summary>
    internal string NewSource() => choice.From(IsIPv6 ? Sources6 : Sources);

    /// <summary>Neighbouring addresses where pods are.</summary>
    internal string TargetRange() => IsIPv6 ? "fd00:244:1::2-fd00:244:1::3" : "10.244.1.2-10.244.1.3";

    internal ushort Port() => Packet() is { HasPorts: true } packet ? packet.DestinationPort : choice.From(Ports);

    internal ushort SourcePort() => Packet() is { HasPorts: true } packet ? packet.SourcePort : (ushort)40000;

    /// <summary>A range that the port of a packet is in, more often than not.</summary>
    internal (ushort First, ushort Last) PortRange(ushort port) => choice.Chance(0.7)
        ? ((ushort)Math.Max(1, port - choice.Below(20)), (ushort)Math.Min(65535, port + choice.Below(20)))
        : ((ushort)1000, (ushort)32767);

    internal string Protocol() => Name(Packet()?.Protocol ?? choice.Of(SentPacket.Tcp, SentPacket.Udp));

    internal uint Mark() => choice.Of<uint>(0x1, 0x1, 0x1, 0x4000, 0x4000, 0x2, 0x8000, 0x100, 0x200, 0x10, 0xff);

    internal string Link() => choice.From(Links);

    private string Name(byte protocol) => protocol switch
    {
        SentPacket.Tcp => "tcp",
        SentPacket.Udp => "udp",
        SentPacket.Sctp => "sctp",
        _ => IsIPv6 ? "icmpv6" : "icmp",
    };
}
