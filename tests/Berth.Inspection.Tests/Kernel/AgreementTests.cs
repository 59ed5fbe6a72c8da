using System.Net;
using System.Net.Sockets;

namespace Berth.Inspection.Tests.Kernel;

/// <summary>
/// What ls says of each row, and doctor of the node, is asked of explain: packets from outside and from the node itself to
/// the addresses of the row must end where its state says.
/// </summary>
public sealed class AgreementTests : KernelTests, IDisposable
{
    private static readonly IPAddress[] Own = [IPAddress.Parse("192.0.2.1"), IPAddress.Parse("10.1.0.1")];

    public AgreementTests()
    {
        MakeLink("cni0", "10.1.0.1/24");
        MakeLink("eth0", "192.0.2.1/24");
        Tool.Run("ip", "route", "replace", "default", "via", "192.0.2.254");
        Tool.Run("sysctl", "-qw", "net.ipv4.ip_forward=1", "net.ipv4.conf.all.route_localnet=0");
        FallThroughTests.ClearLegacy();
    }

    public void Dispose() => FallThroughTests.ClearLegacy();

    public static TheoryData<string, string, string> Nodes()
    {
        TheoryData<string, string, string> nodes = [];
        foreach (string mode in (ReadOnlySpan<string>)["none", "iptables-legacy", "iptables-nft", "nftables"])
        {
            foreach (string plugin in (ReadOnlySpan<string>)["berth nftables", "berth iptables", "reference nftables", "reference iptables", "docker"])
            {
                nodes.Add(mode, plugin, "after");
                nodes.Add(mode, plugin, "before");
            }
        }

        return nodes;
    }

    [Theory]
    [MemberData(nameof(Nodes))]
    public void What_ls_and_doctor_say_is_what_explain_says(string mode, string plugin, string when)
    {
        if (when == "before")
        {
            Publish(plugin);
        }

        if (mode != "none")
        {
            FallThroughTests.Serve(mode, isServed: true);
        }

        if (when == "after")
        {
            Publish(plugin);
        }

        using TcpListener any = Listen("0.0.0.0", 8080);
        using TcpListener nodePort = Listen("0.0.0.0", 30306);
        using TcpListener own = Listen("192.0.2.1", 8081);
        using TcpListener loopback = Listen("127.0.0.1", 8082);
        using TcpListener free = Listen("0.0.0.0", 9000);
        NodeSnapshot node = Read();
        IReadOnlyList<Listener> rows = NodeListeners.Find(node, new ListenerOptions());
        Assert.Contains(rows, static row => row.State.Condition == ListenerCondition.Shadowed);
        Assert.All(rows, row => Check(node, row));
        Assert.Equal(
            rows.Count(static row => row.State.Condition == ListenerCondition.Shadowed && row.State.Address is null),
            NodeFindings.Find(node).Count(static finding => finding is { Id: "shadowed-port", Severity: FindingSeverity.Error }));
    }

    private static void Check(NodeSnapshot node, Listener row)
    {
        if (row.Ports is not { } ports || row.Protocol != 6)
        {
            return;
        }

        foreach (IPAddress address in row.IsAnyAddress ? Own : [row.Address])
        {
            // kube-proxy's nftables mode answers on these alone.
            if (row is { Kind: ListenerKind.NodePort, Source: "kube-proxy nftables" } && !address.Equals(Own[0]))
            {
                continue;
            }

            bool isHere = row.State.Address is null || row.State.Address.Equals(address);
            foreach (WalkOrigin origin in (ReadOnlySpan<WalkOrigin>)[WalkOrigin.Outside, WalkOrigin.Node])
            {
                // Nobody from outside may send to loopback, nor, behind the reference's, to it without a route.
                if (IPAddress.IsLoopback(address) && origin == WalkOrigin.Outside)
                {
                    continue;
                }

                WalkAnswer answer = PacketWalk.Explain(node, new WalkQuestion(6, address)
                {
                    DestinationPort = ports.First,
                    Origin = origin,
                    Interface = origin == WalkOrigin.Outside ? "eth0" : null,
                });
                bool reaches = answer.Ways.Any(way => Reaches(row, way.End));
                string what = $"{row.Label} on {address}:{ports.First} of {row.Source} is {row.State}; {origin}: {answer.Ways[0].End.Text}";
                switch (row.State.Condition)
                {
                    case ListenerCondition.Ok:
                        Assert.True(reaches, what);
                        break;
                    case ListenerCondition.Shadowed when isHere && (row.State.Origin is null || row.State.Origin == origin):
                        Assert.False(reaches, what);
                        break;
                    case ListenerCondition.Conflicting when isHere:
                        Assert.True(answer.Conclusion == WalkConclusion.Depends && reaches, what);
                        break;
                    default:
                        break;
                }
            }
        }
    }

    private static bool Reaches(Listener row, WalkEnd end) => row.Kind == ListenerKind.Socket
        ? end.Kind == WalkEndpointKind.Socket && end.Port == row.Ports!.First
        : end.Outcome == WalkOutcome.Delivered && row.Targets.Contains($"{end.Address}:{end.Port}");

    private static void Publish(string plugin)
    {
        if (plugin != "docker")
        {
            FallThroughTests.Add(plugin, "8080:80");
            FallThroughTests.Add(plugin, "30306:80");
            return;
        }

        Tool.Nft("""
            table ip nat {
              chain DOCKER { iifname != "cni0" tcp dport 8080 dnat to 10.1.0.2:80
                iifname != "cni0" tcp dport 30306 dnat to 10.1.0.2:80
              }
              chain PREROUTING { type nat hook prerouting priority dstnat; fib daddr type local jump DOCKER; }
              chain OUTPUT { type nat hook output priority -100; ip daddr != 127.0.0.0/8 fib daddr type local jump DOCKER; }
            }
            """);
    }

    private static TcpListener Listen(string address, int port)
    {
        TcpListener listener = new(IPAddress.Parse(address), port);
        listener.Start();
        return listener;
    }
}
