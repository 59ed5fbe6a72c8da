using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace Berth.Inspection.Tests.Kernel;

/// <summary>
/// A Service on the port of a host port, with endpoints, as doctor sees it; then it has none, as kube-proxy leaves it, and
/// connections are really tried: they go to the pod of the host port where doctor warned of it, and nowhere else.
/// </summary>
public sealed partial class FallThroughTests : KernelTests, IDisposable
{
    private const string WithEndpoint = """
        -A KUBE-SERVICES -d 10.96.0.10/32 -p tcp -m comment --comment "shop/db:mysql cluster IP" -m tcp --dport 3306 -j KUBE-SVC-A
        -A KUBE-SERVICES -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS
        -A KUBE-NODEPORTS -p tcp -m comment --comment "shop/db:mysql" -m tcp --dport 30306 -j KUBE-SVC-A
        -A KUBE-SVC-A -m comment --comment "shop/db:mysql -> 10.1.0.7:3306" -j KUBE-SEP-A
        -A KUBE-SEP-A -p tcp -m tcp -j DNAT --to-destination 10.1.0.7:3306
        """;

    private const string Nftables = """
        table ip kube-proxy {
          set nodeport-ips { type ipv4_addr; elements = { 192.0.2.1 }; }
          map service-nodeports { type inet_proto . inet_service : verdict; }
          map service-ips { type ipv4_addr . inet_proto . inet_service : verdict; }
          chain service-AAAAAAAA-shop/db/tcp/mysql { meta l4proto tcp dnat to 10.1.0.7:3306; }
          chain external-AAAAAAAA-shop/db/tcp/mysql { goto service-AAAAAAAA-shop/db/tcp/mysql; }
          chain services { ip daddr . meta l4proto . th dport vmap @service-ips
            ip daddr @nodeport-ips meta l4proto . th dport vmap @service-nodeports
          }
          chain nat-prerouting { type nat hook prerouting priority -100; jump services; }
          chain nat-output { type nat hook output priority -100; jump services; }
        }
        """;

    public FallThroughTests()
    {
        MakeLink("cni0", "10.1.0.1/24");
        MakeLink("eth0", "192.0.2.1/24", "192.0.2.2/24");
        Tool.Run("ip", "route", "replace", "default", "via", "192.0.2.254");
        ClearLegacy();
    }

    public void Dispose()
    {
        ClearLegacy();
        Tool.Try("ip", ["route", "delete", "local", "10.96.0.10/32", "dev", "lo", "table", "local"]);
    }

    public static TheoryData<string, string, string> Nodes()
    {
        TheoryData<string, string, string> nodes = [];
        foreach (string mode in (ReadOnlySpan<string>)["iptables-legacy", "iptables-nft", "nftables"])
        {
            foreach (string plugin in (ReadOnlySpan<string>)["berth nftables", "berth iptables", "reference nftables", "reference iptables"])
            {
                nodes.Add(mode, plugin, "30306:80");
                nodes.Add(mode, plugin, "192.0.2.1:30306:80");
            }
        }

        return nodes;
    }

    [Theory]
    [MemberData(nameof(Nodes))]
    public void A_NodePort_goes_to_the_host_port_when_it_has_no_endpoints_left(string mode, string plugin, string mapping)
    {
        Serve(mode, isServed: true);
        Add(plugin, mapping);
        Finding finding = Assert.Single(Warnings());
        Assert.Equal(FindingSeverity.Warning, finding.Severity);
        Assert.StartsWith("NodePort shop/db:mysql on tcp ", finding.Message, StringComparison.Ordinal);
        Assert.Contains(" goes to hostPort ", finding.Message, StringComparison.Ordinal);
        Serve(mode, isServed: false);
        Assert.Equal("10.1.0.2", AnswererOf("192.0.2.1", 30306));
        Assert.Empty(Warnings());
    }

    [Theory]
    [InlineData("nftables", "192.0.2.2:30306:80", "192.0.2.1", 30306)] // the NodePort does not answer there
    [InlineData("iptables-nft", "30307:80", "192.0.2.1", 30306)]
    [InlineData("nftables", "3306:80", "10.96.0.10", 3306)] // no address of the node
    [InlineData("iptables-nft", "3306:80", "10.96.0.10", 3306)]
    [InlineData("iptables-legacy", "3306:80", "10.96.0.10", 3306)]
    public void It_does_not_where_the_host_port_is_not_of_its_packets(string mode, string mapping, string address, int port)
    {
        Serve(mode, isServed: true);
        Add("berth nftables", mapping);
        Assert.Empty(Warnings());
        Serve(mode, isServed: false);
        Assert.NotEqual("10.1.0.2", AnswererOf(address, port));
    }

    [Theory]
    [InlineData("nftables")]
    [InlineData("iptables-nft")]
    public void An_address_of_a_Service_that_is_local_goes_there_too(string mode)
    {
        Tool.Run("ip", "route", "add", "local", "10.96.0.10/32", "dev", "lo", "table", "local");
        Serve(mode, isServed: true);
        Add("berth nftables", "3306:80");
        Assert.StartsWith("ClusterIP shop/db:mysql on tcp 10.96.0.10:3306 goes to hostPort shop/web-pod", Assert.Single(Warnings()).Message, StringComparison.Ordinal);
        Serve(mode, isServed: false);
        Assert.Equal("10.1.0.2", AnswererOf("10.96.0.10", 3306));
    }

    internal static void ClearLegacy()
    {
        foreach (string table in (ReadOnlySpan<string>)["nat", "filter"])
        {
            foreach (string program in (ReadOnlySpan<string>)["iptables-legacy", "ip6tables-legacy"])
            {
                Tool.Try(program, ["-t", table, "-F"]);
                Tool.Try(program, ["-t", table, "-X"]);
            }
        }
    }

    // As kube-proxy writes it with one endpoint and with none: then no rule of NAT is left, and one of the filter refuses.
    internal static void Serve(string mode, bool isServed)
    {
        if (mode == "nftables")
        {
            Tool.Nft(isServed
                ? Nftables + """

                    add element ip kube-proxy service-nodeports { tcp . 30306 : goto external-AAAAAAAA-shop/db/tcp/mysql }
                    add element ip kube-proxy service-ips { 10.96.0.10 . tcp . 3306 : goto service-AAAAAAAA-shop/db/tcp/mysql }
                    """
                : """
                    flush map ip kube-proxy service-nodeports
                    flush map ip kube-proxy service-ips
                    """);
            return;
        }

        string rules = isServed ? "-A PREROUTING -j KUBE-SERVICES\n-A OUTPUT -j KUBE-SERVICES\n" + WithEndpoint : "";
        string filter = isServed ? "" : """
            *filter
            :KUBE-EXTERNAL-SERVICES - [0:0]
            -A INPUT -m conntrack --ctstate NEW -j KUBE-EXTERNAL-SERVICES
            -A FORWARD -m conntrack --ctstate NEW -j KUBE-EXTERNAL-SERVICES
            -A KUBE-EXTERNAL-SERVICES -p tcp -m comment --comment "shop/db:mysql has no endpoints" -m addrtype --dst-type LOCAL -m tcp --dport 30306 -j REJECT
            COMMIT

            """;
        Tool restored = Tool.Try(
            $"{mode}-restore", ["--noflush"],
            $"*nat\n:KUBE-SERVICES - [0:0]\n:KUBE-NODEPORTS - [0:0]\n:KUBE-SVC-A - [0:0]\n:KUBE-SEP-A - [0:0]\n{rules}\nCOMMIT\n{filter}");
        Assert.True(restored.ExitCode == 0, restored.Errors);
    }

    internal static void Add(string plugin, string mapping)
    {
        string[] words = plugin.Split(' ');
        PluginCall.Add(words[0] == "berth" ? PluginCall.Berth : PluginCall.Reference, words[1], "web", "10.1.0.2", mapping);
    }

    private static List<Finding> Warnings() =>
        [.. NodeFindings.Find(Read()).Where(static finding => finding.Id == "service-could-be-hijacked")];

    // Nobody is there; connection tracking tells to whom it was sent.
    private static string AnswererOf(string address, int port)
    {
        Tool.Try("conntrack", ["-F"]);
        using Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
        try
        {
            socket.Connect(IPAddress.Parse(address), port);
        }
        catch (SocketException)
        {
            // Refused, or on its way.
        }

        Tool flows = Tool.Try("conntrack", ["-L", "-p", "tcp", "--orig-port-dst", $"{port}"]);
        return Answerer().Match(flows.Output).Groups[1].Value;
    }

    [GeneratedRegex(@"src=\S+ dst=\S+ sport=\d+ dport=\d+ .*?src=(\S+) ")]
    private static partial Regex Answerer();
}
