using Berth.Kernel.Tests.Plugin;
using Berth.Kernel.Tests.Topology;

namespace Berth.Kernel.Tests;

/// <summary>A port that a Service claims, in chains shaped as kube-proxy's nftables mode makes them, stays the
/// Service's: whoever came last.</summary>
public sealed class ServicePrecedenceTests
{
    [Trait("kernel", "any")]
    [Theory]
    [MemberData(nameof(Cases.FamiliesInBothOrders), MemberType = typeof(Cases))]
    public void The_Service_wins_whoever_came_first(Family family, bool serviceFirst)
    {
        using Node node = new();
        (Pod web, Pod backend) = AddPods(node);
        Action[] acts =
        [
            () => AddService(node, family, backend),
            () => web.Attachment.Add(new PortMapping(8080, 80)).Succeeded(),
        ];
        foreach (Action act in serviceFirst ? acts : acts.Reverse())
        {
            act();
        }

        Assert.Equal("backend", node.Outside.Ask(Transport.Tcp, Plan.Node(family), 8080).By);
        Assert.Equal("backend", node.Ask(Transport.Tcp, Plan.Node(family), 8080).By);
    }

    [Theory]
    [MemberData(nameof(Cases.FamiliesInBothOrders), MemberType = typeof(Cases))]
    public void The_Service_wins_after_either_was_made_anew(Family family, bool serviceAnew)
    {
        using Node node = new();
        (Pod web, Pod backend) = AddPods(node);
        AddService(node, family, backend);
        web.Attachment.Add(new PortMapping(8080, 80)).Succeeded();
        if (serviceAnew)
        {
            RemoveService(node, family);
            Assert.Equal("web", node.Outside.Ask(Transport.Tcp, Plan.Node(family), 8080).By);
            AddService(node, family, backend);
        }
        else
        {
            web.Attachment.Del(new PortMapping(8080, 80)).Succeeded();
            foreach (string table in Tables.All(node).Where(t => !t.EndsWith("kube-proxy", StringComparison.Ordinal)))
            {
                node.Nft(["delete", "table", .. table.Split(' ')]);
            }

            web.Attachment.Add(new PortMapping(8080, 80)).Succeeded();
        }

        Assert.Equal("backend", node.Outside.Ask(Transport.Tcp, Plan.Node(family), 8080).By);
        Assert.Equal("backend", node.Ask(Transport.Tcp, Plan.Node(family), 8080).By);
    }

    [Theory]
    [MemberData(nameof(Cases.Families), MemberType = typeof(Cases))]
    public void When_the_Service_is_gone_the_host_port_answers(Family family)
    {
        using Node node = new();
        (Pod web, Pod backend) = AddPods(node);
        AddService(node, family, backend);
        web.Attachment.Add(new PortMapping(8080, 80)).Succeeded();

        RemoveService(node, family);

        Assert.Equal(
            Answer.From("web", Plan.Outside(family)), node.Outside.Ask(Transport.Tcp, Plan.Node(family), 8080));
    }

    [Theory]
    [MemberData(nameof(Cases.Families), MemberType = typeof(Cases))]
    public void Traffic_of_the_Service_is_not_masqueraded(Family family)
    {
        using Node node = new();
        (Pod web, Pod backend) = AddPods(node);
        AddService(node, family, backend);
        web.Attachment.With("masqAll", "true").Add(new PortMapping(8080, 80)).Succeeded();
        (backend.Attachment with { Network = "masked" }).With("masqAll", "true")
            .Add(new PortMapping(8081, 80)).Succeeded();

        Assert.Equal(
            Answer.From("backend", Plan.Outside(family)), node.Outside.Ask(Transport.Tcp, Plan.Node(family), 8080));
        Assert.Equal(
            Answer.From("backend", Plan.Gateway(family, 1)),
            node.Outside.Ask(Transport.Tcp, Plan.Node(family), 8081));
    }

    private static (Pod Web, Pod Backend) AddPods(Node node)
    {
        Pod web = node.AddPod("web");
        Pod backend = node.AddPod("backend");
        web.Serve(80);
        backend.Serve(80);
        return (web, backend);
    }

    private static void AddService(Node node, Family family, Pod backend)
    {
        (string ip, string type, string to) = family == Family.IPv4
            ? ("ip", "ipv4_addr", $"{backend.Address(family)}")
            : ("ip6", "ipv6_addr", $"[{backend.Address(family)}]");
        node.NftApply($$"""
            table {{ip}} kube-proxy {
                chain endpoint-web {
                    meta l4proto tcp dnat to {{to}}:80
                }
                chain external-web {
                    jump endpoint-web
                }
                map service-nodeports {
                    type inet_proto . inet_service : verdict
                    elements = { tcp . 8080 : goto external-web }
                }
                set nodeport-ips {
                    type {{type}}
                    elements = { {{Plan.Node(family)}} }
                }
                chain services {
                    {{ip}} daddr @nodeport-ips meta l4proto . th dport vmap @service-nodeports
                }
                chain nat-prerouting {
                    type nat hook prerouting priority dstnat; policy accept;
                    jump services
                }
                chain nat-output {
                    type nat hook output priority -100; policy accept;
                    jump services
                }
            }
            """);
    }

    private static void RemoveService(Node node, Family family) =>
        node.Nft("delete", "table", family == Family.IPv4 ? "ip" : "ip6", "kube-proxy");
}
