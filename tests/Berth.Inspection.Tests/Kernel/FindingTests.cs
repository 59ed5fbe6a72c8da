using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Berth.Inspection.Tests.Kernel;

/// <summary>Nodes on which something real is wrong, and the same when it is not.</summary>
public sealed class FindingTests : KernelTests
{
    public FindingTests()
    {
        MakeLink("cni0", "10.1.0.1/24", "fd00:1::1/64");
        MakeLink("eth0", "192.0.2.1/24");
    }

    [Fact]
    public void A_node_with_a_host_port_of_berth_is_clean()
    {
        PluginCall.Add(PluginCall.Berth, "nftables", "web", "10.1.0.2", "8080:80");
        Assert.Empty(Ids());
    }

    [Fact]
    public void A_socket_on_a_host_port_is_a_shadowed_port()
    {
        PluginCall.Add(PluginCall.Berth, "nftables", "web", "10.1.0.2", "8080:80");
        using TcpListener listener = new(IPAddress.Any, 8080);
        listener.Start();

        Finding finding = Assert.Single(NodeFindings.Find(Read()));
        Assert.Equal(("shadowed-port", FindingSeverity.Error), (finding.Id, finding.Severity));
        Assert.Contains("hostPort shop/web-pod comes first", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Route_localnet_of_the_reference_plugin_has_no_guard_and_that_of_berth_has()
    {
        PluginCall.Add(PluginCall.Reference, "nftables", "old", "10.1.0.2", "8080:80");
        Assert.Equal(["loopback-unguarded"], Ids());

        Tool.Nft("add table ip guard");
        Tool.Nft("add chain ip guard pre { type filter hook prerouting priority raw; }");
        Tool.Nft("""add rule ip guard pre iifname != "lo" ip daddr 127.0.0.0/8 drop""");
        Assert.Empty(Ids());
    }

    [Theory]
    [InlineData("iptables-nft", "raw", "-A PREROUTING ! -i lo -d 127.0.0.0/8 -j DROP", true)]
    [InlineData("iptables-legacy", "raw", "-A PREROUTING ! -i lo -d 127.0.0.0/8 -j DROP", true)]
    // As kube-proxy and the kubelet write it.
    [InlineData("iptables-nft", "filter", "-A INPUT ! -s 127.0.0.0/8 -d 127.0.0.0/8 -m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP", true)]
    [InlineData("iptables-legacy", "filter", "-A INPUT ! -s 127.0.0.0/8 -d 127.0.0.0/8 -m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP", true)]
    [InlineData("iptables-nft", "raw", "-A PREROUTING -i eth9 -d 127.0.0.0/8 -j DROP", false)]
    [InlineData("iptables-legacy", "raw", "-A PREROUTING -i eth9 -d 127.0.0.0/8 -j DROP", false)]
    [InlineData("iptables-nft", "raw", "-A PREROUTING ! -i lo -d 127.0.0.0/8 -p tcp --dport 9 -j DROP", false)]
    [InlineData("iptables-legacy", "raw", "-A PREROUTING ! -i lo -d 127.0.0.0/8 -p tcp --dport 9 -j DROP", false)]
    [InlineData("iptables-nft", "raw", "-A PREROUTING ! -i lo -d 127.0.0.0/8 -p tcp -j DROP", false)]
    [InlineData("iptables-legacy", "raw", "-A PREROUTING ! -i lo -d 127.0.0.0/8 -p tcp -j DROP", false)]
    [InlineData("iptables-nft", "filter", "-A OUTPUT -d 127.0.0.0/8 -j DROP", false)]
    [InlineData("iptables-legacy", "filter", "-A OUTPUT -d 127.0.0.0/8 -j DROP", false)]
    public void A_rule_of_iptables_is_a_guard_when_it_drops_what_comes_from_outside(string program, string table, string rule, bool guards)
    {
        File.WriteAllText("/proc/sys/net/ipv4/conf/cni0/route_localnet", "1");
        using TcpListener listener = new(IPAddress.Loopback, 8081);
        listener.Start();
        Assert.Equal(["loopback-unguarded"], Ids());
        Tool.Run(program, ["-t", table, .. rule.Split(' ')]);
        try
        {
            Assert.Equal(guards ? [] : ["loopback-unguarded"], Ids());
        }
        finally
        {
            Tool.Run(program, "-t", table, "-F");
        }
    }

    [Fact]
    public void A_socket_under_a_NodePort_of_kube_proxys_nftables_mode_is_shadowed_where_the_Service_answers()
    {
        Tool.Nft("""
            table ip kube-proxy {
              set nodeport-ips { type ipv4_addr; elements = { 192.0.2.1 }; }
              map service-nodeports { type inet_proto . inet_service : verdict; }
              chain service-AAAAAAAA-shop/web/tcp/http { meta l4proto tcp dnat to 10.1.0.7:80; }
              chain external-AAAAAAAA-shop/web/tcp/http { goto service-AAAAAAAA-shop/web/tcp/http; }
              chain services { ip daddr @nodeport-ips meta l4proto . th dport vmap @service-nodeports; }
              chain nat-prerouting { type nat hook prerouting priority -100; jump services; }
              chain nat-output { type nat hook output priority -100; jump services; }
            }
            add element ip kube-proxy service-nodeports { tcp . 30080 : goto external-AAAAAAAA-shop/web/tcp/http }
            """);
        Assert.Empty(Ids());
        using (TcpListener elsewhere = new(IPAddress.Parse("10.1.0.1"), 30080))
        {
            elsewhere.Start();
            Assert.Empty(Ids());
        }

        using TcpListener listener = new(IPAddress.Any, 30080);
        listener.Start();
        Finding finding = Assert.Single(NodeFindings.Find(Read()));
        Assert.Equal(("shadowed-port", FindingSeverity.Warning), (finding.Id, finding.Severity));
        Assert.Contains("on tcp 30080 gets no traffic at 192.0.2.1: NodePort shop/web:http comes first there", finding.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no chain of a hook jumps there", "chain c { iifname != \"lo\" ip daddr 127.0.0.0/8 drop; }")]
    [InlineData("another link", "chain c { type filter hook prerouting priority raw; iifname \"eth9\" ip daddr 127.0.0.0/8 drop; }")]
    [InlineData("one port", "chain c { type filter hook prerouting priority raw; iifname != \"lo\" ip daddr 127.0.0.0/8 tcp dport 9 drop; }")]
    [InlineData("the way out", "chain c { type filter hook output priority raw; ip daddr 127.0.0.0/8 drop; }")]
    public void A_rule_that_guards_something_else_is_no_guard(string why, string chain)
    {
        Assert.NotEmpty(why);
        File.WriteAllText("/proc/sys/net/ipv4/conf/cni0/route_localnet", "1");
        using TcpListener listener = new(IPAddress.Loopback, 8081);
        listener.Start();
        Tool.Nft($"table ip guard {{\n{chain}\n}}");

        Assert.Equal(["loopback-unguarded"], Ids());
    }

    [Fact]
    public void The_reference_plugins_rule_for_the_IPv6_loopback_is_found_and_berths_table_is_not()
    {
        Tool.Nft("""
            table ip6 cni_hostport {
              chain hostports { tcp dport 8080 dnat to [fd00:1::2]:80 comment "c1"; }
              chain output { type nat hook output priority -100; fib daddr type local jump hostports; }
            }
            """);
        Assert.Equal(["ipv6-loopback-rewritten"], Ids());
        Tool.Nft("flush ruleset");
        Tool.Nft("""
            table ip6 cni_hostport {
              chain hostports { tcp dport 8080 dnat to [fd00:1::2]:80 comment "c1"; }
              chain output { type nat hook output priority -100; ip6 daddr != ::1 fib daddr type local jump hostports; }
            }
            """);
        Assert.Empty(Ids());
    }

    [Theory]
    // kube-proxy's ACCEPT comes first where it inserted its jump before the plugin's, and then nothing is taken.
    [InlineData("iptables-nft", true)]
    [InlineData("iptables-legacy", true)]
    [InlineData("iptables-nft", false)]
    [InlineData("iptables-legacy", false)]
    public void A_Service_of_IPVS_is_hijacked_only_when_the_host_port_comes_before_kube_proxys_ACCEPT(string program, bool isAcceptedFirst)
    {
        IPAddress service = IPAddress.Parse("10.96.0.10");
        Tool.Run("ip", "address", "add", "10.96.0.10/32", "dev", "lo");
        Tool.Run("ipset", "create", "KUBE-CLUSTER-IP", "hash:ip,port");
        Tool.Run("ipset", "add", "KUBE-CLUSTER-IP", "10.96.0.10,tcp:3306");
        string[] jumps = isAcceptedFirst ? ["KUBE-SERVICES", "CNI-HOSTPORT-DNAT"] : ["CNI-HOSTPORT-DNAT", "KUBE-SERVICES"];
        string[] rules =
        [
            .. new[] { "PREROUTING", "OUTPUT" }.SelectMany(chain => jumps.Select(target => $"-A {chain} -m addrtype --dst-type LOCAL -j {target}")),
            "-A KUBE-SERVICES -m set --match-set KUBE-CLUSTER-IP dst,dst -j ACCEPT",
            """-A CNI-HOSTPORT-DNAT -p tcp -m comment --comment "dnat name: \"n\" id: \"c1\"" -m multiport --dports 3306 -j CNI-DN-A""",
            "-A CNI-DN-A -p tcp -m tcp --dport 3306 -j DNAT --to-destination 10.1.0.2:80",
        ];
        try
        {
            Tool restored = Tool.Try(
                $"{program}-restore", [],
                $"*nat\n:KUBE-SERVICES - [0:0]\n:CNI-HOSTPORT-DNAT - [0:0]\n:CNI-DN-A - [0:0]\n{string.Join('\n', rules)}\nCOMMIT\n");
            Assert.True(restored.ExitCode == 0, restored.Errors);

            NodeSnapshot node = Read() with
            {
                Ipvs = Part.Of<IReadOnlyList<IpvsService>>([new(6, service, 3306, 0, "rr", [new(IPAddress.Parse("10.244.0.2"), 3306, "Masq", 1)])]),
            };

            Assert.Equal(
                isAcceptedFirst ? [] : ["service-hijacked"],
                NodeFindings.Find(node).Select(static finding => finding.Id).Where(static id => id != "iptables-flavours-mixed"));
            Assert.Equal(
                isAcceptedFirst ? "ok" : "shadowed by hostPort c1",
                NodeListeners.Find(node, new ListenerOptions()).Single(static listener => listener.Source == "kube-proxy ipvs").State.ToString());
        }
        finally
        {
            Tool.Run(program, "-t", "nat", "-F");
            Tool.Run(program, "-t", "nat", "-X");
            Tool.Run("ipset", "destroy", "KUBE-CLUSTER-IP");
            Tool.Run("ip", "address", "delete", "10.96.0.10/32", "dev", "lo");
        }
    }

    [Fact]
    public void Both_flavours_of_iptables_in_use_are_a_warning()
    {
        Tool.Run("iptables-legacy", "-t", "nat", "-A", "PREROUTING", "-p", "tcp", "--dport", "7", "-j", "ACCEPT");
        try
        {
            Assert.Empty(Ids());
            Tool.Run("iptables-nft", "-A", "INPUT", "-p", "tcp", "--dport", "7", "-j", "ACCEPT");
            Assert.Equal(["iptables-flavours-mixed"], Ids());
        }
        finally
        {
            Tool.Run("iptables-legacy", "-t", "nat", "-F");
        }
    }

    [Fact]
    public void A_tie_at_one_priority_is_an_error_of_both()
    {
        Tool.Nft("""
            table ip one {
              chain pre { type nat hook prerouting priority -100; tcp dport 8080 dnat to 10.1.0.2; }
            }
            table ip two {
              chain pre { type nat hook prerouting priority -100; tcp dport 8080 dnat to 10.1.0.3; }
            }
            """);
        Assert.Equal(["nat-tie", "nat-tie"], Ids());
    }

    [Fact]
    public void An_address_of_a_Service_that_is_not_the_nodes_is_in_no_tie_with_a_host_port_and_one_that_is_is()
    {
        ServiceRules.Add("nftables", hasAffinity: false);
        PluginCall.Add(PluginCall.Reference, "nftables", "web", "10.1.0.2", "3306:80");
        Assert.DoesNotContain("nat-tie", Ids());

        Tool.Run("ip", "address", "add", ServiceRules.LocalAddresses[0], "dev", "lo");
        try
        {
            Finding[] ties = [.. NodeFindings.Find(Read()).Where(static finding => finding.Id == "nat-tie")];
            Assert.Equal(2, ties.Length);
            Assert.All(ties, static tie => Assert.Contains(ServiceRules.LocalAddresses[0], tie.Message, StringComparison.Ordinal));
        }
        finally
        {
            Tool.Run("ip", "address", "delete", ServiceRules.LocalAddresses[0], "dev", "lo");
        }
    }

    [Theory]
    [InlineData("iptables-nft")]
    [InlineData("iptables-legacy")]
    public void A_host_port_behind_a_NodePort_whose_clients_stay_with_their_endpoint_is_dead(string mode)
    {
        try
        {
            ServiceRules.Add(mode, hasAffinity: true);
            PluginCall.Add(PluginCall.Berth, "nftables", "web", "10.1.0.2", "30306:80");
            Finding finding = Assert.Single(NodeFindings.Find(Read()), static finding => finding.Id == "shadowed-port");
            Assert.Equal(
                (FindingSeverity.Error, "hostPort shop/web-pod on tcp 30306 gets no traffic: NodePort shop/db:tcp comes first"),
                (finding.Severity, finding.Message));
        }
        finally
        {
            FallThroughTests.ClearLegacy();
        }
    }

    [Fact]
    public void A_server_of_both_families_under_a_host_port_of_one_is_shadowed_in_that_one()
    {
        PluginCall.Add(PluginCall.Berth, "nftables", "web", "10.1.0.2", "8080:80");
        using TcpListener listener = TcpListener.Create(8080);
        listener.Start();
        Finding finding = Assert.Single(NodeFindings.Find(Read()));
        Assert.Equal(FindingSeverity.Warning, finding.Severity);
        Assert.Contains(" on tcp 8080 gets no traffic in IPv4: hostPort shop/web-pod comes first", finding.Message, StringComparison.Ordinal);

        // Nobody else is left that would reach it.
        Tool.Run("ip", "address", "delete", "fd00:1::1/64", "dev", "cni0");
        Assert.Equal(FindingSeverity.Error, Assert.Single(NodeFindings.Find(Read())).Severity);
    }

    [Fact]
    public void A_server_that_Docker_takes_the_port_from_is_found_and_dockers_own_proxy_is_not()
    {
        Tool.Run("ip", "route", "replace", "default", "via", "192.0.2.254");
        Tool.Nft("""
            table ip nat {
              chain DOCKER { iifname != "cni0" tcp dport 8080 dnat to 10.1.0.2:80; }
              chain PREROUTING { type nat hook prerouting priority dstnat; fib daddr type local jump DOCKER; }
              chain OUTPUT { type nat hook output priority -100; ip daddr != 127.0.0.0/8 fib daddr type local jump DOCKER; }
            }
            """);
        using TcpListener listener = new(IPAddress.Any, 8080);
        listener.Start();
        Finding finding = Assert.Single(NodeFindings.Find(Read()));
        Assert.Equal(FindingSeverity.Error, finding.Severity);
        Assert.Contains(" on tcp 8080 gets no traffic except at 127.0.0.1: hostPort comes first", finding.Message, StringComparison.Ordinal);

        string name = File.ReadAllText("/proc/self/comm");
        File.WriteAllText("/proc/self/comm", "docker-proxy");
        try
        {
            Assert.Empty(NodeFindings.Find(Read()));
        }
        finally
        {
            File.WriteAllText("/proc/self/comm", name);
        }
    }

    [Theory]
    [InlineData("30080", "host-port-in-node-port-range")]
    [InlineData("40000", "host-port-in-ephemeral-range")]
    [InlineData("20000", null)]
    public void Ports_of_ranges_that_others_choose_from_are_warnings(string port, string? id)
    {
        Tool.Nft("""
            table ip kube-proxy {
              map service-nodeports { type inet_proto . inet_service : verdict; }
              chain service-AAAAAAAA-shop/web/tcp/http { meta l4proto tcp dnat to 10.1.0.7:80; }
              chain nat-prerouting { type nat hook prerouting priority -100; fib daddr type local meta l4proto . th dport vmap @service-nodeports; }
            }
            add element ip kube-proxy service-nodeports { tcp . 31111 : goto service-AAAAAAAA-shop/web/tcp/http }
            """);
        File.WriteAllText("/proc/sys/net/ipv4/ip_local_port_range", "32768 60999");
        PluginCall.Add(PluginCall.Berth, "nftables", "web", "10.1.0.2", $"{port}:80");

        Assert.Equal(id is null ? [] : [id], Ids());
        if (port == "40000")
        {
            File.WriteAllText("/proc/sys/net/ipv4/ip_local_reserved_ports", "39999-40001");
            Assert.Empty(Ids());
            // Nothing at all would not be written.
            File.WriteAllText("/proc/sys/net/ipv4/ip_local_reserved_ports", "\n");
        }
    }

    [Fact]
    public void A_host_port_of_both_families_is_said_once()
    {
        File.WriteAllText("/proc/sys/net/ipv4/ip_local_port_range", "32768 60999");
        PluginCall.Add(PluginCall.Berth, "nftables", "web", ["10.1.0.2/24", "fd00:1::2/64"], "40000:80");
        Assert.Equal(["host-port-in-ephemeral-range"], Ids());
    }

    [Fact]
    public void A_NodePort_that_has_a_rule_for_loopback_besides_is_said_once()
    {
        Tool restored = Tool.Try("iptables-nft-restore", ["--noflush"], """
            *nat
            :KUBE-NODEPORTS - [0:0]
            :KUBE-SVC-A - [0:0]
            -A PREROUTING -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS
            -A OUTPUT -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS
            -A KUBE-NODEPORTS -d 127.0.0.0/8 -p tcp -m comment --comment "shop/db:mysql" -m tcp --dport 30306 -j KUBE-SVC-A
            -A KUBE-NODEPORTS -p tcp -m comment --comment "shop/db:mysql" -m tcp --dport 30306 -j KUBE-SVC-A
            -A KUBE-SVC-A -p tcp -m comment --comment "shop/db:mysql" -m tcp -j DNAT --to-destination 10.1.0.7:3306
            COMMIT

            """);
        Assert.True(restored.ExitCode == 0, restored.Errors);
        PluginCall.Add(PluginCall.Berth, "nftables", "web", "10.1.0.2", "30306:80");
        Assert.StartsWith(
            "NodePort shop/db:mysql on tcp 30306 goes to hostPort shop/web-pod ",
            Assert.Single(NodeFindings.Find(Read()), static finding => finding.Id == "service-could-be-hijacked").Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_UDP_flow_that_still_goes_where_no_rule_leads_is_an_error()
    {
        const string Table = """
            table ip mine {
              chain out { type nat hook output priority -100; ip daddr 192.0.2.1 udp dport 5353 dnat to 10.1.0.9:53; }
            }
            """;
        Tool.Nft(Table);
        using UdpClient client = new(AddressFamily.InterNetwork);
        client.Connect("192.0.2.1", 5353);
        client.Send(Encoding.ASCII.GetBytes("x"));
        Assert.Empty(Ids());

        Tool.Nft("flush ruleset");
        Tool.Nft(Table.Replace("10.1.0.9", "10.1.0.8", StringComparison.Ordinal));
        Finding finding = Assert.Single(NodeFindings.Find(Read()));
        Assert.Equal("stale-udp-flow", finding.Id);
        Assert.Contains("conntrack -D -p udp --orig-port-dst 5353 --reply-src 10.1.0.9", finding.Remedy, StringComparison.Ordinal);
        Assert.SkipUnless(Tool.Try("conntrack", ["-V"]).ExitCode == 0, "no conntrack program");
        Tool.Run("sh", "-c", finding.Remedy["Delete them: ".Length..]);
        Assert.Empty(Ids());
    }

    private static string[] Ids() => [.. NodeFindings.Find(Read())
        .Where(static finding => finding.Id != "undeclared-port").Select(static finding => finding.Id)];
}
