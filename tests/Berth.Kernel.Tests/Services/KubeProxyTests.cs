using System.Net;
using Berth.Kernel.Tests.Iptables;
using Berth.Kernel.Tests.Plugin;
using Berth.Kernel.Tests.Topology;

namespace Berth.Kernel.Tests.Services;

/// <summary>A Service and a pod's host ports have the same numbers: where kube-proxy claims a packet by NAT rules, in whichever
/// of its modes, the Service answers, whoever came last.</summary>
public sealed class KubeProxyTests
{
    private static readonly PortMapping[] Ports =
    [
        new(KubeService.Port, KubeService.Port), new(KubeService.NodePort, KubeService.Port),
        new(KubeService.Port, KubeService.Port, "udp"), new(KubeService.NodePort, KubeService.Port, "udp"),
    ];

    public enum Order
    {
        ServiceFirst,
        PodFirst,
        ProxyRestarted,
        PodRestarted,
    }

    public static MatrixTheoryData<KubeProxyMode, Family, Order> Everything { get; } =
        new(Enum.GetValues<KubeProxyMode>(), Enum.GetValues<Family>(), Enum.GetValues<Order>());

    public static MatrixTheoryData<KubeProxyMode, Family> Modes { get; } =
        new(Enum.GetValues<KubeProxyMode>(), Enum.GetValues<Family>());

    [Theory]
    [MemberData(nameof(Everything))]
    public void The_Service_answers_wherever_it_is_asked_for(KubeProxyMode mode, Family family, Order order)
    {
        using Node node = new();
        (Pod mine, KubeService service) = AddPods(node, family);
        KubeProxy proxy = new(node, mode, service);
        Make(order, proxy, mine.Attachment);

        foreach (Transport transport in Enum.GetValues<Transport>())
        {
            Assert.Equal(service.AllAnsweredBy("theirs"), service.Answers(node, transport));

            // The host port is there all the same, where the Service is not.
            Assert.Equal("mine", node.Outside.Ask(transport, Plan.Node(family), KubeService.Port).By);
        }
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void When_the_Service_is_gone_the_host_port_answers(KubeProxyMode mode, Family family)
    {
        using Node node = new();
        (Pod mine, KubeService service) = AddPods(node, family);
        KubeProxy proxy = new(node, mode, service);
        Make(Order.ServiceFirst, proxy, mine.Attachment);

        proxy.Stop();

        Assert.Equal("mine", node.Outside.Ask(Transport.Tcp, Plan.Node(family), KubeService.NodePort).By);
        Assert.Equal("mine", node.Ask(Transport.Tcp, Plan.NodeSecond(family), KubeService.Port).By);
    }

    // kube-proxy refuses such traffic where it arrives, in the filter hooks, and by then it is on its way to the pod.
    [Theory]
    [MemberData(nameof(Modes))]
    public void A_NodePort_without_endpoints_leaves_its_number_to_the_host_port(KubeProxyMode mode, Family family)
    {
        using Node node = new();
        (Pod mine, _) = AddPods(node, family);
        node.Serve(KubeService.NodePort, "process");
        RefuseNodePort(node, mode, family);
        Assert.NotEqual("process", node.Outside.Ask(Transport.Tcp, Plan.Node(family), KubeService.NodePort).By);

        mine.Attachment.Add(Ports).Succeeded();

        Assert.Equal("mine", node.Outside.Ask(Transport.Tcp, Plan.Node(family), KubeService.NodePort).By);
    }

    // What shows that the tests above can fail: on nftables, where it registers last, the reference plugin takes what comes
    // to an address of the node. A ClusterIP is none, in these modes.
    [Theory]
    [MemberData(nameof(Modes))]
    public void The_reference_plugin_takes_what_comes_to_an_address_of_the_node(KubeProxyMode mode, Family family)
    {
        using Node node = new();
        (Pod mine, KubeService service) = AddPods(node, family);
        KubeProxy proxy = new(node, mode, service);
        proxy.Start();
        (mine.Attachment with { Program = ReferencePortmap.Program }).Add(Ports).Succeeded();

        string[] hijacked = ["NodePort", "local external IP", "local load-balancer IP"];
        foreach (Transport transport in Enum.GetValues<Transport>())
        {
            foreach ((string kind, IPAddress address, int port) in service.Ways)
            {
                Assert.Equal(
                    $"{kind}: {(hijacked.Contains(kind) ? "mine" : "theirs")}",
                    $"{kind}: {node.Outside.Ask(transport, address, port).By}");
            }
        }
    }

    private static void Make(Order order, KubeProxy proxy, Attachment attachment)
    {
        if (order == Order.PodFirst)
        {
            attachment.Add(Ports).Succeeded();
            proxy.Start();
            return;
        }

        proxy.Start();
        attachment.Add(Ports).Succeeded();
        switch (order)
        {
            case Order.ProxyRestarted:
                proxy.Stop();
                proxy.Start();
                break;
            case Order.PodRestarted:
                attachment.Del(Ports).Succeeded();
                (attachment with { ContainerId = "another-0123456789" }).Add(Ports).Succeeded();
                break;
            default:
                break;
        }
    }

    private static void RefuseNodePort(Node node, KubeProxyMode mode, Family family)
    {
        if (mode != KubeProxyMode.Nftables)
        {
            node.IptablesRestore(mode == KubeProxyMode.IptablesLegacy ? Toolset.Legacy : Toolset.Nft, family, $"""
                *filter
                :KUBE-EXTERNAL-SERVICES - [0:0]
                -I INPUT -m conntrack --ctstate NEW -j KUBE-EXTERNAL-SERVICES
                -I FORWARD -m conntrack --ctstate NEW -j KUBE-EXTERNAL-SERVICES
                -A KUBE-EXTERNAL-SERVICES -p tcp -m addrtype --dst-type LOCAL -m tcp --dport {KubeService.NodePort} -j REJECT
                COMMIT

                """);
            return;
        }

        string ip = family == Family.IPv4 ? "ip" : "ip6";
        node.NftApply($$"""
            table {{ip}} kube-proxy {
                chain reject-chain {
                    reject
                }
                map no-endpoint-nodeports {
                    type inet_proto . inet_service : verdict
                    elements = { tcp . {{KubeService.NodePort}} : goto reject-chain }
                }
                set nodeport-ips {
                    type {{(family == Family.IPv4 ? "ipv4_addr" : "ipv6_addr")}}
                    elements = { {{Plan.Node(family)}}, {{Plan.NodeSecond(family)}} }
                }
                chain service-endpoints-check {
                    {{ip}} daddr @nodeport-ips meta l4proto . th dport vmap @no-endpoint-nodeports
                }
                chain filter-input {
                    type filter hook input priority -110; policy accept;
                    ct state new jump service-endpoints-check
                }
                chain filter-forward {
                    type filter hook forward priority -110; policy accept;
                    ct state new jump service-endpoints-check
                }
            }
            """);
    }

    private static (Pod Mine, KubeService Service) AddPods(Node node, Family family)
    {
        Pod mine = node.AddPod("mine");
        Pod theirs = node.AddPod("theirs");
        mine.Serve(KubeService.Port);
        theirs.Serve(KubeService.Port);

        // Without a route to a ClusterIP the node's own packets to it would not even begin.
        node.Ip($"route add default via {Plan.Outside(family)}");
        KubeService service = new(theirs, family);
        node.Ip($"address add {service.LocalLoadBalancerIP}/{(family == Family.IPv4 ? "32" : "128 nodad")} dev lo");
        return (mine, service);
    }
}
