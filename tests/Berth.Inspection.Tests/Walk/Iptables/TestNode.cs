using System.Net;
using System.Net.Sockets;
using Berth.Inspection.Tests.Snapshot;
using Berth.Netlink.IpSets;
using Berth.Netlink.Route;
using Berth.Netlink.Sockets;

namespace Berth.Inspection.Tests.Walk.Iptables;

/// <summary>A node with eth0 (192.0.2.1/24, fd00:2::1/64) and cni0 (10.1.0.1/24, fd00:1::1/64), sets and sockets.</summary>
internal static class TestNode
{
    private const int Loopback = 1;
    private const int Uplink = 2;
    private const int Bridge = 3;

    private static readonly IPAddress Router = IPAddress.Parse("192.0.2.254");

    internal static NodeSnapshot Snapshot { get; } = Examples.Empty with
    {
        Links = Part.Of<IReadOnlyList<Link>>(
        [
            new(Loopback, "lo", LinkFlags.Up | LinkFlags.Loopback, null, 65536, null, null, null, default),
            new(Uplink, "eth0", LinkFlags.Up, null, 1500, null, null, null, default),
            new(Bridge, "cni0", LinkFlags.Up, "bridge", 1500, null, null, null, default),
        ]),
        Addresses = Part.Of<IReadOnlyList<LinkAddress>>(
        [
            Address(Uplink, "192.0.2.1", 24), Address(Bridge, "10.1.0.1", 24), Address(Uplink, "fd00:2::1", 64),
            Address(Bridge, "fd00:1::1", 64), Address(Loopback, "127.0.0.1", 8), Address(Loopback, "::1", 128),
        ]),
        Routes = Part.Of<IReadOnlyList<RouteEntry>>(
        [
            Route("127.0.0.0/8", RouteType.Local, Loopback), Route("192.0.2.1/32", RouteType.Local, Uplink),
            Route("192.0.2.255/32", RouteType.Broadcast, Uplink), Route("10.1.0.1/32", RouteType.Local, Bridge),
            Route("10.1.0.255/32", RouteType.Broadcast, Bridge), Route("192.0.2.0/24", RouteType.Unicast, Uplink),
            Route("10.1.0.0/24", RouteType.Unicast, Bridge), Route("10.66.0.0/16", RouteType.Unreachable, null),
            Route("0.0.0.0/0", RouteType.Unicast, Uplink, Router), Route("::1/128", RouteType.Local, Loopback),
            Route("fd00:2::1/128", RouteType.Local, Uplink), Route("fd00:1::1/128", RouteType.Local, Bridge),
            Route("fd00:2::/128", RouteType.Anycast, Uplink), Route("fd00:2::/64", RouteType.Unicast, Uplink),
            Route("fd00:1::/64", RouteType.Unicast, Bridge), Route("fd00:66::/64", RouteType.Unreachable, null),
            Route("2001:db8::/32", RouteType.Unicast, Uplink),
        ]),
        IpSets = Part.Of<IReadOnlyList<IpSet>>(Sets()),
        Sockets = Part.Of<IReadOnlyList<DiagnosedSocket>>(
        [
            Socket(6, "0.0.0.0", 80), Socket(6, "192.0.2.1", 8080), Socket(17, "0.0.0.0", 53),
        ]),
    };

    internal static WalkNode Node { get; } = new(Snapshot);

    /// <summary>A rule's text, without "-A CHAIN", read as iptables-save's.</summary>
    internal static IptablesRule Rule(string text, AddressFamily family = AddressFamily.InterNetwork) =>
        new SavedIptablesRule(family, "PREROUTING", text, static name => name.StartsWith("KUBE-", StringComparison.Ordinal));

    private static IReadOnlyList<IpSet> Sets()
    {
        IPAddress At(string address) => IPAddress.Parse(address);
        IpSetEntry Entry(string address, byte? prefix = null) => new() { Address = At(address), PrefixLength = prefix };
        IpSet Set(string name, string type, params IpSetEntry[] entries) => new(name, type, 0, 2, entries);
        PortInterval Port(ushort port) => new(port, port);
        return
        [
            Set("ips", "hash:ip", Entry("10.9.9.9"), Entry("192.0.2.7")),
            Set("ips24", "hash:ip", Entry("10.9.9.0")) with { Netmask = 24 },
            Set("nets", "hash:net", Entry("10.0.0.0", 8), Entry("10.9.0.0", 16) with { Flags = 4 }, Entry("10.9.9.0", 24)),
            Set("ports", "hash:ip,port", Entry("192.0.2.1") with { Protocol = 6, Ports = Port(80) }),
            Set("pings", "hash:ip,port", Entry("192.0.2.1") with { Protocol = 1, Ports = Port(8 << 8) }),
            Set("pairs", "hash:ip,port,ip", Entry("192.0.2.1") with { Protocol = 6, Ports = Port(80), SecondAddress = At("10.9.9.9") }),
            Set("netports", "hash:net,port", Entry("192.0.2.0", 24) with { Protocol = 17, Ports = Port(53) }),
            Set("netifs", "hash:net,iface", Entry("10.0.0.0", 8) with { Interface = "eth0" }, Entry("10.0.0.0", 8) with { Interface = "veth", Flags = 128 }),
            Set("span", "bitmap:port", new IpSetEntry { Ports = Port(80) }) with { Family = 0 },
            Set("range", "bitmap:ip", Entry("192.0.2.1"), Entry("192.0.2.2")),
            Set("macs", "hash:mac") with { Family = 0 },
            Set("six", "hash:ip", Entry("fd00:2::1")) with { Family = 10 },
            Set("list", "list:set", new IpSetEntry { SetName = "six" }, new IpSetEntry { SetName = "ips" }) with { Family = 0 },
            Set("marks", "hash:ip,mark", Entry("10.9.9.9") with { Mark = 5 }) with { MarkMask = 0xff },
        ];
    }

    private static LinkAddress Address(int link, string address, byte prefix) =>
        new(link, IPAddress.Parse(address), prefix, null, 0, 0x80, null);

    private static RouteEntry Route(string network, RouteType type, int? output, IPAddress? gateway = null)
    {
        IPNetwork parsed = IPNetwork.Parse(network);
        bool isLocal = type is RouteType.Local or RouteType.Broadcast or RouteType.Anycast;
        return new RouteEntry(
            parsed.PrefixLength == 0 ? null : parsed.BaseAddress, (byte)parsed.PrefixLength, isLocal ? 255u : 254u, type, 2, 0, 0, output, gateway, null, [])
        {
            Family = parsed.BaseAddress.AddressFamily == AddressFamily.InterNetwork ? (byte)2 : (byte)10,
        };
    }

    private static DiagnosedSocket Socket(byte protocol, string address, ushort port) =>
        new(protocol, 10, IPAddress.Parse(address), port, IPAddress.Any, 0, 0, 0, port);
}
