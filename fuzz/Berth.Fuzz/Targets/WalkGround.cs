using System.Net;
using System.Net.Sockets;
using Berth.Inspection;
using Berth.Netlink.IpSets;
using Berth.Netlink.Route;
using Berth.Netlink.Sockets;

namespace Berth.Fuzz;

/// <summary>A node that packets are walked through: eth0 (192.0.2.1, fd00:2::1), cni0 with a pod behind it, a set, a socket.</summary>
internal static class WalkGround
{
    private const int Loopback = 1;
    private const int Uplink = 2;
    private const int Bridge = 3;

    internal static NodeSnapshot Node { get; } = new()
    {
        TakenAt = DateTimeOffset.UnixEpoch,
        Node = new NodeIdentity("node-1", "6.1.0", true),
        Links = Part.Of<IReadOnlyList<Link>>(
        [
            new(Loopback, "lo", LinkFlags.Up | LinkFlags.Loopback, null, 65536, null, null, null, default),
            new(Uplink, "eth0", LinkFlags.Up, null, 1500, null, null, null, default),
            new(Bridge, "cni0", LinkFlags.Up, "bridge", 1500, null, null, null, default),
        ]),
        Addresses = Part.Of<IReadOnlyList<LinkAddress>>(
        [
            Address(Loopback, "127.0.0.1", 8), Address(Uplink, "192.0.2.1", 24), Address(Bridge, "10.1.0.1", 24),
            Address(Loopback, "::1", 128), Address(Uplink, "fd00:2::1", 64), Address(Bridge, "fd00:1::1", 64),
        ]),
        Rules = Part.Of<IReadOnlyList<PolicyRule>>([]),
        Routes = Part.Of<IReadOnlyList<RouteEntry>>(
        [
            Route("127.0.0.0/8", RouteType.Local, Loopback), Route("192.0.2.1/32", RouteType.Local, Uplink),
            Route("10.1.0.1/32", RouteType.Local, Bridge), Route("192.0.2.0/24", RouteType.Unicast, Uplink),
            Route("10.1.0.0/24", RouteType.Unicast, Bridge), Route("0.0.0.0/0", RouteType.Unicast, Uplink),
            Route("::1/128", RouteType.Local, Loopback), Route("fd00:2::1/128", RouteType.Local, Uplink),
            Route("fd00:1::1/128", RouteType.Local, Bridge), Route("fd00:2::/64", RouteType.Unicast, Uplink),
            Route("fd00:1::/64", RouteType.Unicast, Bridge),
        ]),
        NfTables = Part.Of(new Ruleset(1, true, [])),
        LegacyIptables = Part.Absent<IReadOnlyList<LegacyTables>>("no table of iptables-legacy"),
        IpSets = Part.Of<IReadOnlyList<IpSet>>(
        [
            new("KUBE-CLUSTER-IP", "hash:ip,port", 0, 2, [new IpSetEntry { Address = IPAddress.Parse("10.96.0.1"), Protocol = 6, Ports = new(443, 443) }]),
        ]),
        Ipvs = Part.Absent<IReadOnlyList<IpvsService>>("this kernel has no IPVS, or has not loaded it"),
        Sockets = Part.Of<IReadOnlyList<DiagnosedSocket>>([new(6, 2, IPAddress.Any, 80, IPAddress.Any, 0, 0, 0, 80)]),
        Processes = Part.Of<IReadOnlyList<ProcessState>>([]),
        Conntrack = Part.Of(new ConntrackCounts(0, 65536)),
        Sysctls = Part.Of<IReadOnlyDictionary<string, string>>(new Dictionary<string, string>
        {
            ["net.ipv4.ip_forward"] = "1",
            ["net.ipv4.conf.eth0.forwarding"] = "1",
            ["net.ipv4.conf.cni0.forwarding"] = "1",
            ["net.ipv6.conf.all.forwarding"] = "1",
        }),
        CniCache = Part.Of<IReadOnlyList<CniAttachment>>(
            [new("podnet", "web0", "eth0", "/run/netns/web", true, [IPAddress.Parse("10.1.0.2")], "shop", "web")]),
        PodLogs = Part.Absent<IReadOnlyList<PodLogDirectory>>("there is no /var/log/pods"),
    };

    /// <summary>Packets of both families, from everywhere to everywhere.</summary>
    internal static WalkQuestion[] Questions { get; } =
    [
        Question(6, "192.0.2.1", 80) with { Interface = "eth0", Origin = WalkOrigin.Outside },
        Question(17, "192.0.2.1", 53) with { Origin = WalkOrigin.Node },
        Question(6, "10.96.0.1", 443) with { Origin = WalkOrigin.Node, User = 0 },
        Question(6, "fd00:2::1", 8080) with { Interface = "eth0", Origin = WalkOrigin.Outside, Mark = 0x4000 },
        Question(6, "127.0.0.1", 80) with { Origin = WalkOrigin.Node },
        Question(1, "10.1.0.2", 0) with { Interface = "eth0", Origin = WalkOrigin.Outside, Length = 84, TimeToLive = 1 },
        Question(132, "10.1.0.2", 9000) with { Interface = "eth0", Origin = WalkOrigin.Outside },
    ];

    private static WalkQuestion Question(byte protocol, string destination, ushort port) =>
        new(protocol, IPAddress.Parse(destination)) { DestinationPort = port };

    private static LinkAddress Address(int link, string address, byte prefix) => new(link, IPAddress.Parse(address), prefix, null, 0, 0x80, null);

    private static RouteEntry Route(string network, RouteType type, int output)
    {
        IPNetwork parsed = IPNetwork.Parse(network);
        return new RouteEntry(
            parsed.PrefixLength == 0 ? null : parsed.BaseAddress, (byte)parsed.PrefixLength, type == RouteType.Local ? 255u : 254u, type, 2, 0, 0,
            output, null, null, [])
        {
            Family = parsed.BaseAddress.AddressFamily == AddressFamily.InterNetwork ? (byte)2 : (byte)10,
        };
    }
}
