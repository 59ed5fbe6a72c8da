using System.Net;
using Berth.Kernel.Tests.Plugin;
using Berth.Kernel.Tests.Topology;

namespace Berth.Kernel.Tests;

/// <summary>With <c>route_localnet</c> on, whoever sends frames to the node's link address can name 127.0.0.1 as
/// destination: the class of CVE-2020-8558. What listens there trusts that nobody outside can.</summary>
public sealed class LoopbackGuardTests
{
    [Theory]
    [MemberData(nameof(Cases.Transports), MemberType = typeof(Cases))]
    public void A_pod_on_the_link_cannot_reach_what_listens_on_127_0_0_1(Transport transport)
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        Pod attacker = node.AddPod("attacker");
        web.Serve(80);
        node.ServeOn(Plan.Loopback(Family.IPv4), 9999, "secret");
        web.Attachment.Add(PortMapping.Of(transport, 8080, 80)).Succeeded();
        RouteLoopbackToTheNode(attacker);

        Assert.Equal("secret", node.Ask(transport, Plan.Loopback(Family.IPv4), 9999).By);
        Assert.NotEqual(
            "secret", attacker.Ask(transport, Plan.Loopback(Family.IPv4), 9999, attacker.Address(Family.IPv4), Flow.Silence).By);
    }

    [Theory]
    [MemberData(nameof(Cases.Transports), MemberType = typeof(Cases))]
    public void The_attack_works_where_nothing_guards(Transport transport)
    {
        using Node node = new();
        Pod attacker = node.AddPod("attacker");
        node.ServeOn(Plan.Loopback(Family.IPv4), 9999, "secret");
        node.SetSysctl($"net.ipv4.conf.{node.Bridge.Name}.route_localnet", "1");
        RouteLoopbackToTheNode(attacker);

        Assert.Equal(
            "secret", attacker.Ask(transport, Plan.Loopback(Family.IPv4), 9999, attacker.Address(Family.IPv4)).By);
    }

    [Theory]
    [MemberData(nameof(Cases.Transports), MemberType = typeof(Cases))]
    public void A_pod_on_the_link_cannot_use_a_mapping_for_127_0_0_1(Transport transport)
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        Pod attacker = node.AddPod("attacker");
        web.Serve(80);
        web.Attachment.Add(PortMapping.Of(transport, 8080, 80, Plan.Loopback(Family.IPv4))).Succeeded();
        RouteLoopbackToTheNode(attacker);

        Assert.NotEqual(
            "web", attacker.Ask(transport, Plan.Loopback(Family.IPv4), 8080, attacker.Address(Family.IPv4), Flow.Silence).By);
    }

    [Theory]
    [MemberData(nameof(Cases.Transports), MemberType = typeof(Cases))]
    public void A_proxy_that_redirects_to_127_0_0_1_still_works(Transport transport)
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        node.ServeOn(Plan.Loopback(Family.IPv4), 9999, "proxy");
        node.NftApply("""
            table ip metadata {
                chain prerouting {
                    type nat hook prerouting priority dstnat
                    ip daddr 169.254.169.254 meta l4proto { tcp, udp } th dport 80 dnat to 127.0.0.1:9999
                }
            }
            """);
        web.Attachment.Add(PortMapping.Of(transport, 8080, 80)).Succeeded();

        Assert.Equal(
            Answer.From("proxy", web.Address(Family.IPv4)),
            web.Ask(transport, IPAddress.Parse("169.254.169.254"), 80));
    }

    private static void RouteLoopbackToTheNode(Pod pod)
    {
        pod.SetSysctl("net.ipv4.conf.eth0.route_localnet", "1");
        pod.Ip($"""
            address delete 127.0.0.1/8 dev lo
            route add 127.0.0.1 via {Plan.Gateway(Family.IPv4, 1)}
            """);
    }
}
