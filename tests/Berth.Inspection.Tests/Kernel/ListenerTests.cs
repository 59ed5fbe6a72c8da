using System.Net;
using System.Net.Sockets;
using Berth.Inspection.Tests.Listeners;

namespace Berth.Inspection.Tests.Kernel;

/// <summary>What real plugins and rules in the form of other software's make answer, found in what the kernel says.</summary>
public sealed class ListenerTests : KernelTests
{
    private const string KubeProxyText = """
        *nat
        :PREROUTING ACCEPT [0:0]
        :OUTPUT ACCEPT [0:0]
        :KUBE-SERVICES - [0:0]
        :KUBE-NODEPORTS - [0:0]
        :KUBE-MARK-MASQ - [0:0]
        :KUBE-EXT-A - [0:0]
        :KUBE-SVC-A - [0:0]
        :KUBE-SEP-A - [0:0]
        :KUBE-SEP-B - [0:0]
        -A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
        -A OUTPUT -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
        -A KUBE-MARK-MASQ -j MARK --or-mark 0x4000
        -A KUBE-SERVICES -d 10.96.0.10/32 -p tcp -m comment --comment "shop/web:http cluster IP" -m tcp --dport 80 -j KUBE-SVC-A
        -A KUBE-SERVICES -d 198.51.100.7/32 -p tcp -m comment --comment "shop/web:http external IP" -m tcp --dport 80 -j KUBE-EXT-A
        -A KUBE-SERVICES -d 203.0.113.5/32 -p tcp -m comment --comment "shop/web:http loadbalancer IP" -m tcp --dport 80 -j KUBE-EXT-A
        -A KUBE-SERVICES -m comment --comment "kubernetes service nodeports; NOTE: this must be the last rule in this chain" -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS
        -A KUBE-NODEPORTS -p tcp -m comment --comment "shop/web:http" -m tcp --dport 30080 -j KUBE-EXT-A
        -A KUBE-EXT-A -m comment --comment "masquerade traffic for shop/web:http external destinations" -j KUBE-MARK-MASQ
        -A KUBE-EXT-A -j KUBE-SVC-A
        -A KUBE-SVC-A ! -s 10.244.0.0/16 -d 10.96.0.10/32 -p tcp -m comment --comment "shop/web:http cluster IP" -m tcp --dport 80 -j KUBE-MARK-MASQ
        -A KUBE-SVC-A -m comment --comment "shop/web:http -> 10.244.0.2:8080" -m statistic --mode random --probability 0.5 -j KUBE-SEP-A
        -A KUBE-SVC-A -m comment --comment "shop/web:http -> 10.244.0.3:8080" -j KUBE-SEP-B
        -A KUBE-SEP-A -s 10.244.0.2/32 -m comment --comment "shop/web:http" -j KUBE-MARK-MASQ
        -A KUBE-SEP-A -p tcp -m comment --comment "shop/web:http" -m tcp -j DNAT --to-destination 10.244.0.2:8080
        -A KUBE-SEP-B -s 10.244.0.3/32 -m comment --comment "shop/web:http" -j KUBE-MARK-MASQ
        -A KUBE-SEP-B -p tcp -m comment --comment "shop/web:http" -m tcp -j DNAT --to-destination 10.244.0.3:8080
        COMMIT

        """;

    private const string KubeProxyTable = """
        table ip kube-proxy {
          set nodeport-ips { type ipv4_addr; elements = { 192.0.2.1 }; }
          map service-ips { type ipv4_addr . inet_proto . inet_service : verdict; }
          map service-nodeports { type inet_proto . inet_service : verdict; }
          chain mark-for-masquerade { meta mark set meta mark | 0x4000; }
          chain endpoint-AAAAAAAA-shop/web/tcp/http__10.244.0.2/8080 {
            ip saddr 10.244.0.2 jump mark-for-masquerade
            meta l4proto tcp dnat to 10.244.0.2:8080
          }
          chain endpoint-BBBBBBBB-shop/web/tcp/http__10.244.0.3/8080 { meta l4proto tcp dnat to 10.244.0.3:8080; }
          chain service-CCCCCCCC-shop/web/tcp/http {
            ip daddr 10.96.0.10 tcp dport 80 ip saddr != 10.244.0.0/16 jump mark-for-masquerade
            numgen random mod 2 vmap { 0 : goto endpoint-AAAAAAAA-shop/web/tcp/http__10.244.0.2/8080,
                                       1 : goto endpoint-BBBBBBBB-shop/web/tcp/http__10.244.0.3/8080 }
          }
          chain service-DDDDDDDD-shop/db/tcp/ { meta l4proto tcp dnat ip to numgen random mod 1 map { 0 : 10.244.0.9 . 3306 }; }
          chain external-CCCCCCCC-shop/web/tcp/http {
            jump mark-for-masquerade
            goto service-CCCCCCCC-shop/web/tcp/http
          }
          chain services {
            ip daddr . meta l4proto . th dport vmap @service-ips
            ip daddr @nodeport-ips meta l4proto . th dport vmap @service-nodeports
          }
          chain nat-prerouting { type nat hook prerouting priority dstnat; jump services; }
          chain nat-output { type nat hook output priority -100; jump services; }
        }
        add element ip kube-proxy service-ips { 10.96.0.10 . tcp . 80 : goto service-CCCCCCCC-shop/web/tcp/http,
          10.96.0.11 . tcp . 3306 : goto service-DDDDDDDD-shop/db/tcp/,
          198.51.100.7 . tcp . 80 : goto external-CCCCCCCC-shop/web/tcp/http }
        add element ip kube-proxy service-nodeports { tcp . 30080 : goto external-CCCCCCCC-shop/web/tcp/http }
        """;

    private const string BothServers = "10.244.0.2:8080,10.244.0.3:8080";

    public ListenerTests()
    {
        MakeLink("cni0", "10.1.0.1/24");
        MakeLink("eth0", "192.0.2.1/24");
    }

    [Fact]
    public void A_host_port_of_the_published_plugin_is_listed_with_its_pod_and_ss_shows_nothing()
    {
        PluginCall.Add(PluginCall.Berth, "nftables", "web", "10.1.0.2", "8080:80", "192.0.2.1:8443:443");

        Assert.Equal(
            [
                "6 0.0.0.0:8080 hostPort 10.1.0.2:80 shop/web-pod (berth) ok",
                "6 192.0.2.1:8443 hostPort 10.1.0.2:443 shop/web-pod (berth) ok",
            ],
            Rows.Of(Read()));
        Assert.Empty(Tool.Run("ss", "-tlnH", "sport = :8080"));
    }

    [Fact]
    public void A_range_of_ports_is_one_row_with_its_pod()
    {
        PluginCall.Add(PluginCall.Berth, "nftables", "media", "10.1.0.2", "20000-29999:20000", "192.0.2.1:30000-30999:30000", "8080:80");

        Assert.Equal(
            [
                "6 0.0.0.0:8080 hostPort 10.1.0.2:80 shop/media-pod (berth) ok",
                "6 0.0.0.0:20000-29999 hostPort 10.1.0.2:20000-29999 shop/media-pod (berth) ok",
                "6 192.0.2.1:30000-30999 hostPort 10.1.0.2:30000-30999 shop/media-pod (berth) ok",
            ],
            Rows.Of(Read()));
    }

    [Theory]
    [InlineData("nftables", "reference nftables")]
    [InlineData("iptables", "portmap iptables")]
    public void A_host_port_of_the_reference_plugin_is_listed(string backend, string source)
    {
        PluginCall.Add(PluginCall.Reference, backend, "web", "10.1.0.2", "8080:80", "192.0.2.1:8443:443");

        Assert.Equal(
            [
                $"6 0.0.0.0:8080 hostPort 10.1.0.2:80 web ({source}) ok",
                $"6 192.0.2.1:8443 hostPort 10.1.0.2:443 web ({source}) ok",
            ],
            Rows.Of(Read()));
    }

    [Fact]
    public void Of_two_pods_on_one_port_of_the_reference_plugin_the_later_is_shadowed()
    {
        PluginCall.Add(PluginCall.Reference, "nftables", "old", "10.1.0.2", "8080:80");
        PluginCall.Add(PluginCall.Reference, "nftables", "new", "10.1.0.3", "8080:80");

        Assert.Equal(
            [
                "6 0.0.0.0:8080 hostPort 10.1.0.3:80 new (reference nftables) shadowed by hostPort old",
                "6 0.0.0.0:8080 hostPort 10.1.0.2:80 old (reference nftables) ok",
            ],
            Rows.Of(Read()));
    }

    [Theory]
    [InlineData("iptables-nft-restore", "kube-proxy iptables")]
    [InlineData("iptables-legacy-restore", "kube-proxy iptables-legacy")]
    public void Services_of_kube_proxys_iptables_mode_are_listed_in_both_flavours(string program, string source)
    {
        Restore(program, KubeProxyText);
        try
        {
            Assert.Equal(
                [
                    $"6 198.51.100.7:80 externalIP {BothServers} shop/web:http ({source}) ok",
                    $"6 203.0.113.5:80 loadBalancer {BothServers} shop/web:http ({source}) ok",
                    $"6 0.0.0.0:30080 NodePort {BothServers} shop/web:http ({source}) ok",
                ],
                Rows.Of(Read()));
            Assert.Contains(
                $"6 10.96.0.10:80 ClusterIP {BothServers} shop/web:http ({source}) ok",
                Rows.Of(Read(), new ListenerOptions { WithClusterAddresses = true }));
        }
        finally
        {
            Restore(program, "*nat\nCOMMIT\n");
        }
    }

    [Fact]
    public void Services_of_kube_proxys_nftables_mode_are_listed()
    {
        Tool.Nft(KubeProxyTable);

        Assert.Equal(
            [
                $"6 198.51.100.7:80 externalIP {BothServers} shop/web:http (kube-proxy nftables) ok",
                $"6 192.0.2.1:30080 NodePort {BothServers} shop/web:http (kube-proxy nftables) ok",
            ],
            Rows.Of(Read()));
        Assert.Contains(
            "6 10.96.0.11:3306 ClusterIP 10.244.0.9:3306 shop/db (kube-proxy nftables) ok",
            Rows.Of(Read(), new ListenerOptions { WithClusterAddresses = true }));
    }

    [Fact]
    public void In_kube_proxys_nftables_mode_a_load_balancers_address_is_known_by_its_source_ranges_or_by_the_manifest()
    {
        Tool.Nft(KubeProxyTable);
        DeclaredServicePort[] services =
        [
            new("shop/web:http", ListenerKind.LoadBalancer, 6, IPAddress.Parse("198.51.100.7"), 80),
            new("shop/other", ListenerKind.ClusterIP, 6, IPAddress.Parse("10.96.0.11"), 3306),
        ];
        string[] rows = Rows.Of(Read(), new ListenerOptions { WithClusterAddresses = true, Services = services });
        Assert.Contains($"6 198.51.100.7:80 loadBalancer {BothServers} shop/web:http (kube-proxy nftables) ok", rows);
        // What the rules say they say.
        Assert.Contains("6 10.96.0.11:3306 ClusterIP 10.244.0.9:3306 shop/db (kube-proxy nftables) ok", rows);

        Tool.Nft("""
            add map ip kube-proxy firewall-ips { type ipv4_addr . inet_proto . inet_service : verdict; }
            add chain ip kube-proxy firewall-CCCCCCCC-shop/web/tcp/http
            add rule ip kube-proxy firewall-CCCCCCCC-shop/web/tcp/http ip saddr != 203.0.113.0/24 drop
            add element ip kube-proxy firewall-ips { 198.51.100.7 . tcp . 80 : goto firewall-CCCCCCCC-shop/web/tcp/http }
            """);
        Assert.Contains($"6 198.51.100.7:80 loadBalancer {BothServers} shop/web:http (kube-proxy nftables) ok", Rows.Of(Read()));
    }

    [Fact]
    public void Ports_of_docker_and_of_netavark_in_both_forms_are_listed()
    {
        Restore("iptables-nft-restore", """
            *nat
            :PREROUTING ACCEPT [0:0]
            :OUTPUT ACCEPT [0:0]
            :DOCKER - [0:0]
            :NETAVARK-HOSTPORT-DNAT - [0:0]
            :NETAVARK-HOSTPORT-SETMARK - [0:0]
            :NETAVARK-DN-1D87 - [0:0]
            -A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
            -A PREROUTING -m addrtype --dst-type LOCAL -j NETAVARK-HOSTPORT-DNAT
            -A OUTPUT ! -d 127.0.0.0/8 -m addrtype --dst-type LOCAL -j DOCKER
            -A OUTPUT -m addrtype --dst-type LOCAL -j NETAVARK-HOSTPORT-DNAT
            -A DOCKER ! -i docker0 -p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.17.0.2:80
            -A NETAVARK-HOSTPORT-SETMARK -j MARK --set-xmark 0x2000/0x2000
            -A NETAVARK-HOSTPORT-DNAT -p tcp -m tcp --dport 8081 -m comment --comment "dnat name: podman id: 8fd7accef563107a4971be4f1058880d45f0f9d5ff89a773f4a77f65fb91441b" -j NETAVARK-DN-1D87
            -A NETAVARK-DN-1D87 -s 10.88.0.0/16 -p tcp -m tcp --dport 8081 -j NETAVARK-HOSTPORT-SETMARK
            -A NETAVARK-DN-1D87 -p tcp -m tcp --dport 8081 -j DNAT --to-destination 10.88.0.2:80
            COMMIT

            """);
        Tool.Nft("""
            table inet netavark {
              chain nv_ab_dnat { ip saddr 10.89.0.0/24 tcp dport 8082 meta mark set 0x2000; tcp dport 8082 dnat ip to 10.89.0.2:80; }
              chain NETAVARK-HOSTPORT-DNAT { tcp dport 8082 jump nv_ab_dnat; }
              chain PREROUTING { type nat hook prerouting priority dstnat; fib daddr type local jump NETAVARK-HOSTPORT-DNAT; }
              chain OUTPUT { type nat hook output priority -100; fib daddr type local jump NETAVARK-HOSTPORT-DNAT; }
            }
            """);

        Assert.Equal(
            [
                "6 0.0.0.0:8080 hostPort 172.17.0.2:80 - (docker iptables) ok",
                "6 0.0.0.0:8081 hostPort 10.88.0.2:80 8fd7accef563 (netavark iptables) ok",
                "6 0.0.0.0:8082 hostPort 10.89.0.2:80 - (netavark nftables) ok",
            ],
            Rows.Of(Read()));
    }

    [Fact]
    public void Rules_of_nobody_who_is_known_are_listed_as_what_they_are()
    {
        Tool.Nft("""
            table ip mine {
              set ports { type inet_service; flags interval; elements = { 5000-5010 }; }
              chain pre {
                type nat hook prerouting priority -150
                ip daddr 192.0.2.0/25 tcp dport @ports dnat to 10.9.9.9
                udp dport 53 redirect to :5353
                tcp dport { 25, 587 } ip daddr 192.0.2.1 dnat to 10.9.9.8:2525
                iifname "eth7" tcp dport 99 dnat to 10.9.9.7
              }
            }
            """);

        Assert.Equal(
            [
                "6 192.0.2.1:25 redirect 10.9.9.8:2525 - (ip mine) ok",
                "17 0.0.0.0:53 redirect this node:5353 - (ip mine) ok",
                "6 0.0.0.0:99 redirect 10.9.9.7:99 - (ip mine) ok",
                "6 192.0.2.1:587 redirect 10.9.9.8:2525 - (ip mine) ok",
                "6 192.0.2.0:5000-5010 redirect 10.9.9.9:5000-5010 - (ip mine) ok",
            ],
            Rows.Of(Read()));
    }

    [Fact]
    public void A_range_of_ports_that_nft_compares_at_both_ends_is_a_range()
    {
        Tool.Nft("""
            table ip mine {
              chain pre {
                type nat hook prerouting priority -100
                tcp dport 8000-9000 dnat to 10.9.9.9
                tcp dport > 65000 dnat to 10.9.9.8
                tcp dport < 20 dnat to 10.9.9.7
              }
            }
            """);
        using TcpListener within = new(IPAddress.Any, 8080);
        using TcpListener outside = new(IPAddress.Any, 9001);
        within.Start();
        outside.Start();

        string process = $"{File.ReadAllText("/proc/self/comm").Trim()}/{Environment.ProcessId}";
        Assert.Equal(
            [
                "6 0.0.0.0:0-19 redirect 10.9.9.7:0-19 - (ip mine) ok",
                "6 0.0.0.0:8000-9000 redirect 10.9.9.9:8000-9000 - (ip mine) ok",
                $"6 0.0.0.0:8080 socket  {process} (kernel) shadowed from outside by redirect",
                $"6 0.0.0.0:9001 socket  {process} (kernel) ok",
                "6 0.0.0.0:65001-65535 redirect 10.9.9.8:65001-65535 - (ip mine) ok",
            ],
            Rows.Of(Read(), withSockets: true));
    }

    [Fact]
    public void A_socket_on_a_host_port_is_shadowed_and_one_on_another_address_is_not()
    {
        PluginCall.Add(PluginCall.Berth, "nftables", "web", "10.1.0.2", "8080:80", "192.0.2.1:8443:443");
        using TcpListener everywhere = new(IPAddress.Any, 8080);
        using TcpListener partly = new(IPAddress.Any, 8443);
        using TcpListener elsewhere = new(IPAddress.Parse("10.1.0.1"), 8444);
        everywhere.Start();
        partly.Start();
        elsewhere.Start();

        string process = $"{File.ReadAllText("/proc/self/comm").Trim()}/{Environment.ProcessId}";
        string[] rows = Rows.Of(Read(), withSockets: true);

        Assert.Contains($"6 0.0.0.0:8080 socket  {process} (kernel) shadowed by hostPort shop/web-pod", rows);
        Assert.Contains($"6 0.0.0.0:8443 socket  {process} (kernel) shadowed at 192.0.2.1 by hostPort shop/web-pod", rows);
        Assert.Contains($"6 10.1.0.1:8444 socket  {process} (kernel) ok", rows);
    }

    [Fact]
    public void A_socket_that_is_bound_to_a_link_is_listed_with_it_and_shadowed_only_there()
    {
        Tool.Nft("""
            table ip mine {
              chain pre { type nat hook prerouting priority -100; ip daddr 10.1.0.1 tcp dport { 8080, 8081 } dnat to 10.1.0.2:80; }
            }
            """);
        using TcpListener there = Bound("cni0", 8080);
        using TcpListener elsewhere = Bound("eth0", 8081);
        Assert.Equal(
            [("cni0", "shadowed from outside at 10.1.0.1 by redirect"), ("eth0", "ok")],
            NodeListeners.Find(Read(), new ListenerOptions()).Where(static listener => listener.Kind == ListenerKind.Socket)
                .Select(static listener => (listener.Interface!, listener.State.ToString())));
    }

    [Fact]
    public void The_name_of_a_process_is_any_bytes()
    {
        byte[] name = File.ReadAllBytes("/proc/self/comm");
        File.WriteAllBytes("/proc/self/comm", [0xff, 0xfe, .. "web"u8]);
        try
        {
            using TcpListener listener = new(IPAddress.Loopback, 8080);
            listener.Start();
            Assert.Equal(
                "\ufffd\ufffdweb",
                Assert.Single(NodeListeners.Find(Read(), new ListenerOptions())).Owner.Process);
        }
        finally
        {
            File.WriteAllBytes("/proc/self/comm", name);
        }
    }

    private static TcpListener Bound(string link, int port)
    {
        TcpListener listener = new(IPAddress.Any, port);
        listener.Server.SetRawSocketOption(1, 25, System.Text.Encoding.ASCII.GetBytes(link)); // SOL_SOCKET, SO_BINDTODEVICE
        listener.Start();
        return listener;
    }

    [Fact]
    public void A_host_port_on_a_node_port_is_shadowed_by_the_Service()
    {
        Restore("iptables-nft-restore", KubeProxyText);
        PluginCall.Add(PluginCall.Berth, "nftables", "web", "10.1.0.2", "30080:80");

        Assert.Contains("6 0.0.0.0:30080 hostPort 10.1.0.2:80 shop/web-pod (berth) shadowed by NodePort shop/web:http", Rows.Of(Read()));
    }

    [Fact]
    public void Two_that_claim_a_port_at_one_priority_are_in_conflict()
    {
        Tool.Nft(KubeProxyTable);
        PluginCall.Add(PluginCall.Reference, "nftables", "web", "10.1.0.2", "30080:80");

        string[] rows = Rows.Of(Read());

        Assert.Contains(
            "6 0.0.0.0:30080 hostPort 10.1.0.2:80 web (reference nftables) conflicting at 192.0.2.1 with NodePort shop/web:http", rows);
        Assert.Contains(
            $"6 192.0.2.1:30080 NodePort {BothServers} shop/web:http (kube-proxy nftables) conflicting with hostPort web", rows);
    }

    [Fact]
    public void A_host_port_whose_sandbox_is_gone_is_stale()
    {
        PluginCall.Add(PluginCall.Berth, "nftables", "gone", "10.1.0.2", "8080:80");
        PluginCall.Add(PluginCall.Berth, "nftables", "there", "10.1.0.3", "8081:80");
        Cache("gone");
        Cache("there");
        Assert.All(Rows.Of(Read()), static row => Assert.EndsWith(" ok", row, StringComparison.Ordinal));

        Tool.Run("ip", "netns", "delete", "gone");
        Assert.Equal(
            [
                "6 0.0.0.0:8080 hostPort 10.1.0.2:80 shop/gone-pod (berth) stale",
                "6 0.0.0.0:8081 hostPort 10.1.0.3:80 shop/there-pod (berth) ok",
            ],
            Rows.Of(Read()));

        File.Delete("/run/cni/results/podnet-there-eth0");
        Assert.All(Rows.Of(Read()), static row => Assert.EndsWith(" stale", row, StringComparison.Ordinal));
        Directory.Delete("/run/cni", recursive: true);
        Assert.All(Rows.Of(Read()), static row => Assert.EndsWith(" ok", row, StringComparison.Ordinal));
    }

    private static void Cache(string container)
    {
        Directory.CreateDirectory("/run/cni/results");
        File.WriteAllText($"/run/cni/results/podnet-{container}-eth0", $$"""
            {"kind":"cniCacheV1","containerId":"{{container}}","config":"","ifName":"eth0","networkName":"podnet",
             "netns":"/run/netns/{{container}}","result":{"cniVersion":"1.0.0"} }
            """);
    }

    private static void Restore(string program, string text)
    {
        Tool restored = Tool.Try(program, [], text);
        Assert.True(restored.ExitCode == 0, restored.Errors);
    }
}
