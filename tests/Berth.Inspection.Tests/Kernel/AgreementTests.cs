using System.Net;
using System.Net.Sockets;
using System.Text;
using Berth.Netlink;

namespace Berth.Inspection.Tests.Kernel;

/// <summary>
/// What ls says of each row, and doctor of the node, is asked of explain and of the kernel: packets from outside and from the
/// node itself to the addresses of the row, walked and really sent, in TCP and UDP and both families, must end where its
/// state says.
/// </summary>
public sealed class AgreementTests : KernelTests, IDisposable
{
    private const string Client = "outside";

    private static readonly IPAddress[] Own =
        [.. new[] { "192.0.2.1", "10.1.0.1", "2001:db8::1", "fd00:1::1" }.Select(IPAddress.Parse)];

    private readonly List<Socket> _sockets = [];

    public AgreementTests()
    {
        MakeLink("cni0", "10.1.0.1/24", "fd00:1::1/64");
        if (!File.Exists($"/run/netns/{Client}"))
        {
            Tool.Run("ip", "netns", "add", Client);
        }

        Tool.Run("ip", "link", "add", "eth0", "type", "veth", "peer", "name", "eth0", "netns", Client);
        Connect([], "1", "192.0.2.254");
        Connect(["-n", Client], "254", "192.0.2.1");
        foreach (string address in ServiceRules.LocalAddresses)
        {
            Tool.Try("ip", ["address", "add", address, "dev", "lo"]);
        }

        Tool.Run(
            "sysctl", "-qw", "net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1", "net.ipv4.conf.all.route_localnet=0",
            "net.ipv4.conf.all.rp_filter=0", "net.ipv4.conf.eth0.rp_filter=0");
        FallThroughTests.ClearLegacy();
        // Connection tracking, which judges, in both families, whatever rules are there besides.
        Tool.Nft("table inet judge { chain tracked { type filter hook input priority 100; ct state new accept; }\n}");
    }

    public void Dispose()
    {
        _sockets.ForEach(static socket => socket.Dispose());
        FallThroughTests.ClearLegacy();
        foreach (string address in ServiceRules.LocalAddresses)
        {
            Tool.Try("ip", ["address", "delete", address, "dev", "lo"]);
        }
    }

    public static TheoryData<string, string, string> Nodes()
    {
        TheoryData<string, string, string> nodes = [];
        foreach (string mode in (ReadOnlySpan<string>)["none", "iptables-legacy", "iptables-nft", "nftables"])
        {
            foreach (string plugin in (ReadOnlySpan<string>)["berth nftables", "berth iptables", "reference nftables", "reference iptables", "docker"])
            {
                foreach (string when in (ReadOnlySpan<string>)["after", "before"])
                {
                    nodes.Add(mode, plugin, when);
                    if (mode != "none")
                    {
                        nodes.Add(mode + " with affinity", plugin, when);
                    }
                }
            }
        }

        return nodes;
    }

    [Theory]
    [MemberData(nameof(Nodes))]
    public void What_ls_and_doctor_say_is_what_explain_and_the_kernel_say(string mode, string plugin, string when)
    {
        Assert.SkipUnless(Tool.Try("conntrack", ["-V"]).ExitCode == 0, "no conntrack program");
        if (when == "before")
        {
            Publish(plugin);
        }

        if (mode != "none")
        {
            ServiceRules.Add(mode.Split(' ')[0], mode.EndsWith(" with affinity", StringComparison.Ordinal));
        }

        if (when == "after")
        {
            Publish(plugin);
        }

        foreach (SocketType type in (ReadOnlySpan<SocketType>)[SocketType.Stream, SocketType.Dgram])
        {
            Listen(type, "::", 8080, isBothFamilies: true);
            Listen(type, "0.0.0.0", 30306);
            Listen(type, "::", 30306);
            Listen(type, "192.0.2.1", 3306);
            Listen(type, "::ffff:10.1.0.1", 3306, isBothFamilies: true);
            Listen(type, "2001:db8::1", 3306);
            Listen(type, "192.0.2.1", 8081);
            Listen(type, "127.0.0.1", 8082);
            Listen(type, "::1", 8082);
            Listen(type, "::", 9000, isBothFamilies: true);
            Listen(type, "0.0.0.0", 8085, link: "eth0");
            Listen(type, "0.0.0.0", 8086, link: "eth0");
        }

        NodeSnapshot node = Read();
        IReadOnlyList<Listener> rows = NodeListeners.Find(node, new ListenerOptions { WithClusterAddresses = true });
        Assert.Contains(rows, static row => row.State.Condition == ListenerCondition.Shadowed);
        List<(Listener Row, SentPacket Packet)> asked = [.. rows.SelectMany(static row => PacketsTo(row).Select(packet => (row, packet)))];
        using NetworkNamespace client = NetworkNamespace.Open($"/run/netns/{Client}");
        Dictionary<SentPacket, string?> kernel = FlowJudge.TargetsOf(client, [.. asked.Select(static item => item.Packet).Distinct()]);
        List<string> disagreements = [.. asked.SelectMany(item => Check(node, item.Row, item.Packet, kernel[item.Packet]))];
        Assert.True(disagreements.Count == 0, string.Join('\n', disagreements));
        CheckFindings(NodeFindings.Find(node), rows);
    }

    [Fact]
    public void With_externalTrafficPolicy_Local_and_no_endpoint_here_the_Service_takes_what_the_node_sends_alone()
    {
        Assert.SkipUnless(Tool.Try("conntrack", ["-V"]).ExitCode == 0, "no conntrack program");
        PluginCall.Add(PluginCall.Berth, "nftables", "web", "10.1.0.2", "30306:80");
        Tool restored = Tool.Try("iptables-nft-restore", ["--noflush"], """
            *nat
            :KUBE-SERVICES - [0:0]
            :KUBE-NODEPORTS - [0:0]
            :KUBE-EXT-A - [0:0]
            :KUBE-SVC-A - [0:0]
            :KUBE-SVL-A - [0:0]
            :KUBE-SEP-A - [0:0]
            :KUBE-MARK-MASQ - [0:0]
            -A PREROUTING -j KUBE-SERVICES
            -A OUTPUT -j KUBE-SERVICES
            -A KUBE-SERVICES -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS
            -A KUBE-NODEPORTS -p tcp -m comment --comment "shop/db:mysql" -m tcp --dport 30306 -j KUBE-EXT-A
            -A KUBE-EXT-A -s 10.1.0.0/16 -m comment --comment "pod traffic for shop/db:mysql external destinations" -j KUBE-SVC-A
            -A KUBE-EXT-A -m comment --comment "masquerade LOCAL traffic for shop/db:mysql external destinations" -m addrtype --src-type LOCAL -j KUBE-MARK-MASQ
            -A KUBE-EXT-A -m comment --comment "route LOCAL traffic for shop/db:mysql external destinations" -m addrtype --src-type LOCAL -j KUBE-SVC-A
            -A KUBE-EXT-A -j KUBE-SVL-A
            -A KUBE-SVL-A -m comment --comment "shop/db:mysql has no local endpoints" -j KUBE-MARK-MASQ
            -A KUBE-SVC-A -m comment --comment "shop/db:mysql -> 10.1.0.7:3306" -j KUBE-SEP-A
            -A KUBE-SEP-A -p tcp -m comment --comment "shop/db:mysql" -m tcp -j DNAT --to-destination 10.1.0.7:3306
            -A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000
            COMMIT

            """);
        Assert.True(restored.ExitCode == 0, restored.Errors);

        Assert.Equal(
            "shadowed from the node itself by NodePort shop/db:mysql",
            NodeListeners.Find(Read(), new ListenerOptions()).Single(static row => row.Kind == ListenerKind.HostPort).State.ToString());
        using NetworkNamespace client = NetworkNamespace.Open($"/run/netns/{Client}");
        foreach (IPAddress address in Own[..2])
        {
            SentPacket outside = new(WalkOrigin.Outside, 6, address, 30306);
            SentPacket node = outside with { Origin = WalkOrigin.Node };
            Dictionary<SentPacket, string?> kernel = FlowJudge.TargetsOf(client, [outside, node]);
            Assert.Equal(("10.1.0.2:80", "10.1.0.7:3306"), (kernel[outside], kernel[node]));
        }
    }

    // Each finding is of a row with that state, which was asked, and each such row has one.
    private static void CheckFindings(IReadOnlyList<Finding> findings, IReadOnlyList<Listener> rows)
    {
        Assert.Equal(
            rows.Where(static row => row.State is { Condition: ListenerCondition.Shadowed, Address: null })
                .Select(static row => $"{row.Label} on {ListenerFindings.Place(row)} gets no traffic {row.State.Place}").Distinct().Order(),
            findings.Where(static finding => finding.Id == "shadowed-port" && !finding.Message.EndsWith(" there", StringComparison.Ordinal))
                .Select(static finding => $"{finding.Message.Split(" traffic")[0]} traffic {finding.Message.Split(" traffic")[1].Split(": ")[0].Trim()}").Order());
        Assert.Equal(
            rows.Where(static row => row.State.Condition == ListenerCondition.Conflicting)
                .Select(static row => $"{row.Label} and {row.State.By} both claim {ListenerFindings.Place(row)} {row.State.Place}".TrimEnd()).Distinct().Order(),
            findings.Where(static finding => finding.Id == "nat-tie").Select(static finding => finding.Message.Split(" at one priority")[0]).Order());
    }

    private static IEnumerable<SentPacket> PacketsTo(Listener row)
    {
        if (row.Ports is not { } ports || row.Protocol is not (6 or 17))
        {
            yield break;
        }

        bool isV4 = row.Address.AddressFamily == AddressFamily.InterNetwork;
        IPAddress address = row.Address.IsIPv4MappedToIPv6 ? row.Address.MapToIPv4() : row.Address;
        IEnumerable<IPAddress> addresses = !row.IsAnyAddress ? [address]
            : Own.Where(own => row.IsBothFamilies || own.AddressFamily == address.AddressFamily);
        if (row.Interface is not null)
        {
            addresses = [Own[0]];
        }
        else if (row is { IsAnyAddress: true, Kind: ListenerKind.Socket })
        {
            addresses = addresses.Concat(
                row.IsBothFamilies ? [IPAddress.Loopback, IPAddress.IPv6Loopback] : [isV4 ? IPAddress.Loopback : IPAddress.IPv6Loopback]);
        }

        foreach (IPAddress one in addresses)
        {
            // Nobody from outside may send to loopback.
            if (!IPAddress.IsLoopback(one))
            {
                yield return new SentPacket(WalkOrigin.Outside, row.Protocol, one, ports.First);
            }

            yield return new SentPacket(WalkOrigin.Node, row.Protocol, one, ports.First);
        }
    }

    private static IEnumerable<string> Check(NodeSnapshot node, Listener row, SentPacket packet, string? target)
    {
        WalkAnswer answer = PacketWalk.Explain(node, new WalkQuestion(packet.Protocol, packet.Address)
        {
            DestinationPort = packet.Port,
            Origin = packet.Origin,
            Interface = packet.Origin == WalkOrigin.Outside ? "eth0" : null,
        });
        bool inAll = answer.Ways.All(way => Reaches(row, way.End));
        bool inSome = answer.Ways.Any(way => Reaches(row, way.End));
        bool really = target is not null
            && (row.Kind == ListenerKind.Socket ? target == new IPEndPoint(packet.Address, packet.Port).ToString() : row.Targets.Contains(target));
        ListenerState state = row.State;
        bool isHere = (state.Address is null || state.Address.Equals(packet.Address)) && (state.Origin is null || state.Origin == packet.Origin)
            && (state.Family is null || state.Family == packet.Address.AddressFamily) && !state.Except.Contains(packet.Address)
            && (state.Origin != WalkOrigin.Outside || !IPAddress.IsLoopback(packet.Address));
        string what = $"{row.Label} on protocol {row.Protocol} {row.Address}:{packet.Port} of {row.Source} is {state}; "
            + $"from {packet.Origin} to {packet.Address} the kernel sends to {target ?? "nobody"}, explain: {answer.Ways[0].End.Text}";
        bool agrees = (isHere ? state.Condition : ListenerCondition.Ok) switch
        {
            ListenerCondition.Shadowed => !inSome && !really,
            ListenerCondition.Conflicting => inSome && !inAll,
            _ => inAll && really,
        };
        return agrees ? [] : [what];
    }

    private static bool Reaches(Listener row, WalkEnd end) => row.Kind == ListenerKind.Socket
        ? end.Kind == WalkEndpointKind.Socket && end.Port == row.Ports!.First
        : end.Address is IPAddress address && row.Targets.Contains(new IPEndPoint(address, end.Port).ToString());

    private static void Publish(string plugin)
    {
        if (plugin != "docker")
        {
            string[] words = plugin.Split(' ');
            PluginCall.Add(
                words[0] == "berth" ? PluginCall.Berth : PluginCall.Reference, words[1], "web", ["10.1.0.2/24", "fd00:1::2/64"],
                "8080:80", "8085:80", "30306:80", "3306:80", "8080:53/udp", "8085:53/udp", "30306:53/udp", "3306:53/udp");
            return;
        }

        Tool.Nft("""
            table ip nat {
              chain DOCKER { iifname != "cni0" tcp dport { 8080, 8085, 30306, 3306 } dnat to 10.1.0.2:80
                iifname != "cni0" udp dport { 8080, 8085, 30306, 3306 } dnat to 10.1.0.2:53
              }
              chain PREROUTING { type nat hook prerouting priority dstnat; fib daddr type local jump DOCKER; }
              chain OUTPUT { type nat hook output priority -100; ip daddr != 127.0.0.0/8 fib daddr type local jump DOCKER; }
            }
            """);
    }

    private void Listen(SocketType type, string address, int port, bool isBothFamilies = false, string? link = null)
    {
        IPAddress local = IPAddress.Parse(address);
        Socket socket = new(local.AddressFamily, type, type == SocketType.Stream ? ProtocolType.Tcp : ProtocolType.Udp);
        _sockets.Add(socket);
        if (local.AddressFamily == AddressFamily.InterNetworkV6)
        {
            socket.DualMode = isBothFamilies;
        }

        if (link is not null)
        {
            socket.SetRawSocketOption(1, 25, Encoding.ASCII.GetBytes(link)); // SOL_SOCKET, SO_BINDTODEVICE
        }

        socket.Bind(new IPEndPoint(local, port));
        if (type == SocketType.Stream)
        {
            socket.Listen();
        }
    }

    private static void Connect(string[] where, string host, string router)
    {
        Tool.Run("ip", [.. where, "address", "add", $"192.0.2.{host}/24", "dev", "eth0"]);
        Tool.Run("ip", [.. where, "address", "add", $"2001:db8::{host}/64", "dev", "eth0", "nodad"]);
        Tool.Run("ip", [.. where, "link", "set", "eth0", "up"]);
        Tool.Run("ip", [.. where, "route", "replace", "default", "via", router]);
        Tool.Run("ip", [.. where, "-6", "route", "replace", "default", "via", router.Replace("192.0.2.", "2001:db8::", StringComparison.Ordinal)]);
    }
}
