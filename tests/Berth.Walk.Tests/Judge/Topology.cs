using System.Net;
using System.Net.Sockets;
using Berth.Netlink;

namespace Berth.Walk.Tests.Judge;

/// <summary>
/// The namespaces that packets are sent between: the node, which is that of the process, a host outside with two links to
/// it, two pods on a bridge and one with a link of its own. Neighbours are permanent, so that a packet's whole way is gone
/// before the call that sends it returns.
/// </summary>
internal sealed class Topology : IDisposable
{
    internal const string Outside = "outside";
    internal const string Node = "node";
    internal const string PodA = "pod-a";
    internal const string PodB = "pod-b";
    internal const string PodR = "pod-r";

    /// <summary>The node's second link to the host outside.</summary>
    internal const string SecondLink = "eth1";

    /// <summary>A port where a process of the node listens transparently.</summary>
    internal const ushort ProxyPort = 15001;

    /// <summary>A group that a process of the node joined on its first link.</summary>
    internal static readonly IPAddress Group = IPAddress.Parse("239.1.2.3");

    /// <summary>A port where a process of the node listens by its first link alone.</summary>
    internal const ushort LinkPort = 8082;

    /// <summary>Ports where processes of the node listen.</summary>
    internal static readonly ushort[] NodePorts = [80, 8080];

    private const string Host = """
        link add eth0 address 02:00:00:00:01:01 type veth peer name ext0 address 02:00:00:00:01:02 netns outside
        link add eth1 address 02:00:00:00:04:01 type veth peer name ext1 address 02:00:00:00:04:02 netns outside
        link add cni0 address 02:00:00:00:02:01 type bridge
        link add vetha address 02:00:00:00:02:1a type veth peer name eth0 address 02:00:00:00:02:0a netns pod-a
        link add vethb address 02:00:00:00:02:1b type veth peer name eth0 address 02:00:00:00:02:0b netns pod-b
        link add vethr address 02:00:00:00:03:01 type veth peer name eth0 address 02:00:00:00:03:02 netns pod-r
        link add vip0 type bridge
        link set vetha master cni0
        link set vethb master cni0
        link set vethb type bridge_slave hairpin on
        address add 192.0.2.1/24 dev eth0
        address add 192.0.2.2/24 dev eth0
        address add 198.18.0.1/24 dev eth1
        address add 10.244.1.1/24 dev cni0
        address add 169.254.1.1/32 dev vethr
        address add 10.96.0.9/32 dev vip0
        address add 2001:db8:1::1/64 dev eth0 nodad
        address add 2001:db8:1::2/64 dev eth0 nodad
        address add fd00:18::1/64 dev eth1 nodad
        address add fd00:244:1::1/64 dev cni0 nodad
        address add fd00:169::1/128 dev vethr nodad
        address add fd00:96::9/128 dev vip0 nodad
        link set eth0 up
        link set eth1 up
        link set cni0 up
        link set vetha up
        link set vethb up
        link set vethr up
        link set vip0 up
        route add 10.244.2.2/32 dev vethr
        route add fd00:244:2::2/128 dev vethr
        route add default via 192.0.2.10
        route add default via 2001:db8:1::10
        route add local 0.0.0.0/0 dev lo table 100
        route add local ::/0 dev lo table 100
        route add default via 198.18.0.10 table 200
        route add default via fd00:18::10 table 200
        route add unreachable 203.0.113.128/25
        route add blackhole 203.0.113.64/26
        rule add fwmark 0x100/0x100 lookup 100
        rule add fwmark 0x200/0x200 lookup 200
        neighbour add 192.0.2.10 lladdr 02:00:00:00:01:02 dev eth0
        neighbour add 2001:db8:1::10 lladdr 02:00:00:00:01:02 dev eth0
        neighbour add 198.18.0.10 lladdr 02:00:00:00:04:02 dev eth1
        neighbour add fd00:18::10 lladdr 02:00:00:00:04:02 dev eth1
        neighbour add 10.244.1.2 lladdr 02:00:00:00:02:0a dev cni0
        neighbour add 10.244.1.3 lladdr 02:00:00:00:02:0b dev cni0
        neighbour add fd00:244:1::2 lladdr 02:00:00:00:02:0a dev cni0
        neighbour add fd00:244:1::3 lladdr 02:00:00:00:02:0b dev cni0
        neighbour add 10.244.2.2 lladdr 02:00:00:00:03:02 dev vethr
        neighbour add fd00:244:2::2 lladdr 02:00:00:00:03:02 dev vethr
        """;

    private const string Host6Rules = """
        rule add fwmark 0x100/0x100 lookup 100
        rule add fwmark 0x200/0x200 lookup 200
        """;

    private const string Leftovers = """
        rule delete fwmark 0x100/0x100
        rule delete fwmark 0x200/0x200
        route flush table 100
        route flush type unreachable
        route flush type blackhole
        link delete eth0
        link delete eth1
        link delete vetha
        link delete vethb
        link delete vethr
        link delete cni0
        link delete vip0

        """;

    // It answers at any address of some networks: what is routed to it arrives.
    private const string OutsideHost = """
        link set lo up
        address add 192.0.2.10/24 dev ext0
        address add 198.18.0.10/24 dev ext1
        address add 2001:db8:1::10/64 dev ext0 nodad
        address add fd00:18::10/64 dev ext1 nodad
        link set ext0 up
        link set ext1 up
        neighbour add 192.0.2.1 lladdr 02:00:00:00:01:01 dev ext0
        neighbour add 192.0.2.2 lladdr 02:00:00:00:01:01 dev ext0
        neighbour add 198.18.0.1 lladdr 02:00:00:00:04:01 dev ext1
        neighbour add 2001:db8:1::1 lladdr 02:00:00:00:01:01 dev ext0
        neighbour add 2001:db8:1::2 lladdr 02:00:00:00:01:01 dev ext0
        neighbour add fd00:18::1 lladdr 02:00:00:00:04:01 dev ext1
        route add default via 192.0.2.1
        route add default via 2001:db8:1::1
        route add local 203.0.113.0/24 dev lo
        route add local 2001:db8:3::/64 dev lo
        """;

    private static readonly IPNetwork[] Second = [IPNetwork.Parse("198.18.0.0/24"), IPNetwork.Parse("fd00:18::/64")];

    private static readonly string[] Names = [Outside, PodA, PodB, PodR];

    private readonly Dictionary<string, NetworkNamespace> _namespaces = [];
    private readonly List<Place> _places = [];
    private readonly List<Socket> _listeners = [];
    private readonly List<Socket> _members = [];

    internal Topology()
    {
        foreach (string name in Names)
        {
            NetworkNamespace home = NetworkNamespace.Create();
            _namespaces.Add(name, home);
            home.BindTo($"/run/netns/{name}");
            home.Run(() => Settle(isNode: false));
            Assert.Equal(0, Tool.Try("ip", ["netns", "exec", name, "nft", "-f", "-"], Place.OnlyMarked).ExitCode);
        }

        Settle(isNode: true);
        Ip(null, Host.Split('\n'));
        Tool.Try("ip", ["-6", "-batch", "-"], Host6Rules + "\n");
        Ip(Outside, OutsideHost.Split('\n'));
        Ip(PodA, Pod("10.244.1.2/24", "10.244.1.1", "fd00:244:1::2/64", "fd00:244:1::1", "02:00:00:00:02:01", "10.244.1.3", "fd00:244:1::3", "02:00:00:00:02:0b"));
        Ip(PodB, Pod("10.244.1.3/24", "10.244.1.1", "fd00:244:1::3/64", "fd00:244:1::1", "02:00:00:00:02:01", "10.244.1.2", "fd00:244:1::2", "02:00:00:00:02:0a"));
        Ip(PodR, Pod("10.244.2.2/32", "169.254.1.1", "fd00:244:2::2/128", "fd00:169::1", "02:00:00:00:03:01", null, null, null));
        Tool.Run("bridge", "fdb", "replace", "02:00:00:00:02:0a", "dev", "vetha", "master", "static");
        Tool.Run("bridge", "fdb", "replace", "02:00:00:00:02:0b", "dev", "vethb", "master", "static");

        _places.Add(new Place(Node, null, Users));
        _places.AddRange(Names.Select(name => new Place(name, _namespaces[name])));
        Places = _places.ToDictionary(place => place.Name);
        Listen();
    }

    /// <summary>Users who send from the node beside root.</summary>
    internal static uint[] Users { get; } = [1000, 1337];

    internal IReadOnlyDictionary<string, Place> Places { get; }

    /// <summary>Whether an address is of the network between the node and the host outside that is the second.</summary>
    internal static bool IsBySecondLink(IPAddress address) => Second.Any(network => network.Contains(address));

    /// <summary>Sets what a node may have either way.</summary>
    internal static void Set(NodeSettings settings)
    {
        Write("net/bridge/bridge-nf-call-iptables", settings.BridgeCallsIptables ? 1 : 0);
        Write("net/bridge/bridge-nf-call-ip6tables", settings.BridgeCallsIptables ? 1 : 0);
        if (settings.IsVirtualTracked is bool isTracked)
        {
            Write("net/ipv4/vs/conntrack", isTracked ? 1 : 0);
        }

        foreach (string link in (string[])["all", "eth0", "eth1", "cni0", "vethr"])
        {
            Write($"net/ipv4/conf/{link}/rp_filter", settings.ReversePathFilter);
            Write($"net/ipv4/conf/{link}/route_localnet", settings.RoutesLocalnet && link != "all" ? 1 : 0);
        }
    }

    public void Dispose()
    {
        foreach (Socket socket in _listeners.Concat(_members))
        {
            socket.Dispose();
        }

        foreach (Place place in _places)
        {
            place.Dispose();
        }

        // What is bound to no link that goes.
        Tool.Try("ip", ["-force", "-batch", "-"], Leftovers);
        Tool.Try("ip", ["-6", "-force", "-batch", "-"], Leftovers);
        foreach ((string name, NetworkNamespace home) in _namespaces)
        {
            NetworkNamespace.Unbind($"/run/netns/{name}");
            home.Dispose();
        }
    }

    private static string[] Pod(
        string address, string router, string address6, string router6, string routerLink, string? peer, string? peer6, string? peerLink) =>
        [
            "link set lo up",
            $"address add {address} dev eth0",
            $"address add {address6} dev eth0 nodad",
            "link set eth0 up",
            $"neighbour add {router} lladdr {routerLink} dev eth0",
            $"neighbour add {router6} lladdr {routerLink} dev eth0",
            .. peer is null ? (string[])[] :
            [
                $"neighbour add {peer} lladdr {peerLink} dev eth0",
                $"neighbour add {peer6} lladdr {peerLink} dev eth0",
            ],
            $"route add default via {router} dev eth0 onlink",
            $"route add default via {router6} dev eth0 onlink",
        ];

    private static void Ip(string? home, string[] lines)
    {
        Tool result = Tool.Try(
            "ip", [.. home is null ? (string[])[] : ["-n", home], "-batch", "-"], string.Join('\n', lines) + "\n");
        Assert.True(result.ExitCode == 0, result.Errors);
    }

    // Before there are links: new ones take what "default" says. Errors of ICMP are limited to a few a second else.
    private static void Settle(bool isNode)
    {
        Write("net/ipv6/conf/default/accept_ra", 0);
        Write("net/ipv6/conf/default/accept_dad", 0);
        Write("net/ipv6/conf/default/router_solicitations", 0);
        Write("net/ipv4/icmp_ratelimit", 0);
        Write("net/ipv6/icmp/ratelimit", 0);
        Write("net/ipv4/conf/all/rp_filter", 0);
        Write("net/ipv4/conf/default/rp_filter", 0);
        if (!isNode)
        {
            // What is rewritten may look as if it came from the receiver itself, or from loopback: it is to be seen all the same.
            Write("net/ipv4/conf/all/accept_local", 1);
            Write("net/ipv4/conf/all/route_localnet", 1);
        }
        else
        {
            Write("net/ipv4/tcp_synack_retries", 0);
            Write("net/ipv4/ip_forward", 1);
            Write("net/ipv6/conf/all/forwarding", 1);
            Write("net/ipv6/conf/default/forwarding", 1);
            Write("net/ipv4/conf/all/send_redirects", 0);
            Write("net/ipv4/conf/default/send_redirects", 0);
        }
    }

    private static void Write(string name, int value) =>
        File.WriteAllText($"/proc/sys/{name}", value.ToString(System.Globalization.CultureInfo.InvariantCulture));

    private void Listen()
    {
        foreach (ushort port in NodePorts)
        {
            _listeners.Add(Listener(SocketType.Stream, port));
            _listeners.Add(Listener(SocketType.Dgram, port));
        }

        foreach (SocketType type in (ReadOnlySpan<SocketType>)[SocketType.Stream, SocketType.Dgram])
        {
            _listeners.Add(Listener(type, ProxyPort, isTransparent: true));
        }

        foreach (SocketType type in (ReadOnlySpan<SocketType>)[SocketType.Stream, SocketType.Dgram])
        {
            _listeners.Add(Listener(type, LinkPort, link: "eth0"));
        }

        Socket member = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        member.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.AddMembership, new MulticastOption(Group, IPAddress.Parse("192.0.2.1")));
        _members.Add(member);
    }

    private static Socket Listener(SocketType type, ushort port, bool isTransparent = false, string? link = null)
    {
        Socket socket = new(AddressFamily.InterNetworkV6, type, type == SocketType.Stream ? ProtocolType.Tcp : ProtocolType.Udp)
        {
            DualMode = true,
        };
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        if (isTransparent)
        {
            BeTransparent(socket);
        }

        if (link is not null)
        {
            const int LevelSocket = 1;
            const int BoundToLink = 25; // SO_BINDTODEVICE
            socket.SetRawSocketOption(LevelSocket, BoundToLink, System.Text.Encoding.ASCII.GetBytes(link));
        }

        socket.Bind(new IPEndPoint(IPAddress.IPv6Any, port));
        if (type == SocketType.Stream)
        {
            socket.Listen(1024);
        }

        return socket;
    }

    /// <summary>Whether the listener that got datagrams is transparent; null when none got any. They are taken from it.</summary>
    internal bool? Receiver()
    {
        bool? isTransparent = null;
        byte[] buffer = new byte[2048];
        foreach (Socket listener in _listeners.Where(static socket => socket.SocketType == SocketType.Dgram))
        {
            while (listener.Available > 0)
            {
                listener.Receive(buffer);
                isTransparent = ((IPEndPoint)listener.LocalEndPoint!).Port == ProxyPort;
            }
        }

        return isTransparent;
    }

    /// <summary>A socket of UDP at an address of the node, or, a transparent one, at any; null where it may not be.</summary>
    internal static Socket? Bound(IPEndPoint at, bool isTransparent)
    {
        Socket socket = new(at.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        if (isTransparent)
        {
            BeTransparent(socket);
        }

        try
        {
            socket.Bind(at);
            return socket;
        }
        catch (SocketException)
        {
            socket.Dispose();
            return null;
        }
    }

    private static void BeTransparent(Socket socket)
    {
        const int LevelIp = 0;
        const int LevelIpv6 = 41;
        const int Transparent = 19; // IP_TRANSPARENT
        const int TransparentV6 = 75; // IPV6_TRANSPARENT
        bool isIPv6 = socket.AddressFamily == AddressFamily.InterNetworkV6;
        socket.SetRawSocketOption(isIPv6 ? LevelIpv6 : LevelIp, isIPv6 ? TransparentV6 : Transparent, BitConverter.GetBytes(1));
    }
}

/// <summary>What differs from node to node.</summary>
/// <param name="BridgeCallsIptables">bridge-nf-call-iptables: what crosses a bridge passes the hooks too.</param>
/// <param name="ReversePathFilter">rp_filter.</param>
/// <param name="RoutesLocalnet">route_localnet of its links.</param>
internal sealed record NodeSettings(bool BridgeCallsIptables, int ReversePathFilter, bool RoutesLocalnet)
{
    internal static NodeSettings Usual { get; } = new(false, 0, false);

    /// <summary>net.ipv4.vs.conntrack: what IPVS sends on has a connection; null where there is no IPVS.</summary>
    internal bool? IsVirtualTracked { get; init; }
}
