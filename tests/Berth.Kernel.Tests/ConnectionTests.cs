using System.Net;
using System.Text.Json.Nodes;
using Berth.Kernel.Tests.Plugin;
using Berth.Kernel.Tests.Topology;

namespace Berth.Kernel.Tests;

/// <summary>From everywhere that a host port is asked, the pod answers, and sees the source address that the path
/// allows.</summary>
public sealed class ConnectionTests
{
    [Trait("kernel", "any")]
    [Theory]
    [MemberData(nameof(Cases.Everything), MemberType = typeof(Cases))]
    public void From_outside_the_pod_answers_on_every_address_and_sees_the_client(Transport transport, Family family)
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        web.Serve(80);

        Assert.Equal(Answer.Refused, node.Outside.Ask(transport, Plan.Node(family), 8080));
        web.Attachment.Add(PortMapping.Of(transport, 8080, 80)).Succeeded();

        Assert.Equal(
            Answer.From("web", Plan.Outside(family)),
            node.Outside.Ask(transport, Plan.Node(family), 8080));
        Assert.Equal(
            Answer.From("web", Plan.OutsideSecond(family)),
            node.Outside.Ask(transport, Plan.NodeSecond(family), 8080));
        Assert.Equal(
            Answer.From("web", Plan.OutsideSecond(family)),
            node.Outside.Ask(transport, Plan.Node(family), 8080, from: Plan.OutsideSecond(family)));
    }

    [Theory]
    [MemberData(nameof(Cases.Everything), MemberType = typeof(Cases))]
    public void After_DEL_the_port_is_refused_again(Transport transport, Family family)
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        web.Serve(80);
        PortMapping mapping = PortMapping.Of(transport, 8080, 80);
        web.Attachment.Add(mapping).Succeeded();
        Assert.Equal("web", node.Outside.Ask(transport, Plan.Node(family), 8080).By);

        web.Attachment.Del(mapping).Succeeded();

        Assert.Equal(Answer.Refused, node.Outside.Ask(transport, Plan.Node(family), 8080));
        Assert.Equal(Answer.Refused, node.Ask(transport, Plan.Node(family), 8080));
    }

    [Theory]
    [MemberData(nameof(Cases.Everything), MemberType = typeof(Cases))]
    public void From_the_node_to_its_own_address_the_pod_sees_that_address(Transport transport, Family family)
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        web.Serve(80);
        web.Attachment.Add(PortMapping.Of(transport, 8080, 80)).Succeeded();

        Assert.Equal(
            Answer.From("web", Plan.Node(family)), node.Ask(transport, Plan.Node(family), 8080));
    }

    [Trait("kernel", "any")]
    [Theory]
    [MemberData(nameof(Cases.Transports), MemberType = typeof(Cases))]
    public void From_the_node_to_127_0_0_1_the_pod_sees_the_node_on_its_own_network(Transport transport)
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        web.Serve(80);
        web.Attachment.Add(PortMapping.Of(transport, 8080, 80)).Succeeded();

        Assert.Equal(
            Answer.From("web", Plan.Gateway(Family.IPv4, 1)),
            node.Ask(transport, Plan.Loopback(Family.IPv4), 8080));
    }

    [Trait("kernel", "any")]
    [Theory]
    [MemberData(nameof(Cases.EverythingBridged), MemberType = typeof(Cases))]
    public void The_pod_reaches_itself_through_the_node_and_sees_the_node(
        Transport transport, Family family, bool bridgeCallsIptables)
    {
        using Node node = new(bridgeCallsIptables);
        Pod web = node.AddPod("web");
        web.Serve(80);
        web.Attachment.Add(PortMapping.Of(transport, 8080, 80)).Succeeded();

        Assert.Equal(
            Answer.From("web", Plan.Gateway(family, 1)), web.Ask(transport, Plan.Node(family), 8080));
        Assert.Equal(
            Answer.From("web", Plan.Gateway(family, 1)), web.Ask(transport, Plan.Gateway(family, 1), 8080));
    }

    [Theory]
    [MemberData(nameof(Cases.Everything), MemberType = typeof(Cases))]
    public void The_pod_reaches_itself_without_hairpin_mode_when_bridged_packets_bypass_the_hooks(
        Transport transport, Family family)
    {
        using Node node = new(bridgeCallsIptables: false, hairpinMode: false);
        Pod web = node.AddPod("web");
        web.Serve(80);
        web.Attachment.Add(PortMapping.Of(transport, 8080, 80)).Succeeded();

        Assert.Equal(
            Answer.From("web", Plan.Gateway(family, 1)), web.Ask(transport, Plan.Node(family), 8080));
    }

    [Trait("kernel", "any")]
    [Theory]
    [MemberData(nameof(Cases.Everything), MemberType = typeof(Cases))]
    public void A_neighbour_on_the_bridge_reaches_the_pod_which_sees_the_node(Transport transport, Family family)
    {
        using Node node = new(bridgeCallsIptables: false, hairpinMode: false);
        Pod web = node.AddPod("web");
        Pod neighbour = node.AddPod("neighbour");
        web.Serve(80);
        web.Attachment.Add(PortMapping.Of(transport, 8080, 80)).Succeeded();

        Assert.Equal(
            Answer.From("web", Plan.Gateway(family, 1)), neighbour.Ask(transport, Plan.Node(family), 8080));
    }

    // Bridged packets have no input interface in postrouting, and the bridge translates the answer: the neighbour may
    // be seen as itself here.
    [Theory]
    [MemberData(nameof(Cases.Everything), MemberType = typeof(Cases))]
    public void A_neighbour_reaches_the_pod_when_bridged_packets_pass_the_hooks_too(Transport transport, Family family)
    {
        using Node node = new(bridgeCallsIptables: true, hairpinMode: false);
        Pod web = node.AddPod("web");
        Pod neighbour = node.AddPod("neighbour");
        web.Serve(80);
        web.Attachment.Add(PortMapping.Of(transport, 8080, 80)).Succeeded();

        Answer answer = neighbour.Ask(transport, Plan.Node(family), 8080);

        Answer[] either = [Answer.From("web", neighbour.Address(family)), Answer.From("web", Plan.Gateway(family, 1))];
        Assert.Contains(answer, either);
    }

    [Theory]
    [MemberData(nameof(Cases.EverythingBridged), MemberType = typeof(Cases))]
    public void A_pod_on_another_bridge_is_seen_with_its_own_address(
        Transport transport, Family family, bool bridgeCallsIptables)
    {
        using Node node = new(bridgeCallsIptables);
        Pod web = node.AddPod("web");
        Pod stranger = node.AddBridge().AddPod("stranger");
        web.Serve(80);
        web.Attachment.Add(PortMapping.Of(transport, 8080, 80)).Succeeded();

        Assert.Equal(
            Answer.From("web", stranger.Address(family)), stranger.Ask(transport, Plan.Node(family), 8080));
    }

    [Theory]
    [MemberData(nameof(Cases.Everything), MemberType = typeof(Cases))]
    public void Traffic_that_came_through_no_mapping_keeps_its_source(Transport transport, Family family)
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        Pod neighbour = node.AddPod("neighbour");
        web.Serve(80);
        web.Attachment.Add(PortMapping.Of(transport, 8080, 80)).Succeeded();

        Assert.Equal(
            Answer.From("web", neighbour.Address(family)), neighbour.Ask(transport, web.Address(family), 80));
        Assert.Equal(
            Answer.From("web", Plan.Outside(family)),
            node.Outside.Ask(transport, web.Address(family), 80, from: Plan.Outside(family)));
    }

    [Theory]
    [MemberData(nameof(Cases.Everything), MemberType = typeof(Cases))]
    public void Two_pods_with_different_ports_each_answer_on_their_own(Transport transport, Family family)
    {
        using Node node = new();
        Pod one = node.AddPod("one");
        Pod two = node.AddPod("two");
        one.Serve(80);
        two.Serve(80);
        one.Attachment.Add(PortMapping.Of(transport, 8081, 80)).Succeeded();
        two.Attachment.Add(PortMapping.Of(transport, 8082, 80)).Succeeded();

        Assert.Equal(
            Answer.From("one", Plan.Outside(family)), node.Outside.Ask(transport, Plan.Node(family), 8081));
        Assert.Equal(
            Answer.From("two", Plan.Outside(family)), node.Outside.Ask(transport, Plan.Node(family), 8082));
    }

    [Theory]
    [MemberData(nameof(Cases.Families), MemberType = typeof(Cases))]
    public void One_port_number_belongs_to_one_pod_under_tcp_and_to_another_under_udp(Family family)
    {
        using Node node = new();
        Pod one = node.AddPod("one");
        Pod two = node.AddPod("two");
        one.Serve(80);
        two.Serve(80);
        one.Attachment.Add(PortMapping.Of(Transport.Tcp, 8080, 80)).Succeeded();
        two.Attachment.Add(PortMapping.Of(Transport.Udp, 8080, 80)).Succeeded();

        Assert.Equal("one", node.Outside.Ask(Transport.Tcp, Plan.Node(family), 8080).By);
        Assert.Equal("two", node.Outside.Ask(Transport.Udp, Plan.Node(family), 8080).By);
    }

    [Fact]
    public void One_ADD_maps_both_families_and_several_ports()
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        web.Serve(80);
        web.Serve(53);
        web.Attachment.Add(new(8080, 80), new(8443, 80), new(5353, 53, "udp")).Succeeded();

        foreach (Family family in Enum.GetValues<Family>())
        {
            Assert.Equal("web", node.Outside.Ask(Transport.Tcp, Plan.Node(family), 8080).By);
            Assert.Equal("web", node.Outside.Ask(Transport.Tcp, Plan.Node(family), 8443).By);
            Assert.Equal("web", node.Outside.Ask(Transport.Udp, Plan.Node(family), 5353).By);
            Assert.Equal(Answer.Refused, node.Outside.Ask(Transport.Tcp, Plan.Node(family), 5353));
        }
    }

    [Theory]
    [MemberData(nameof(Cases.Everything), MemberType = typeof(Cases))]
    public void A_pod_with_one_family_is_mapped_in_that_family_only(Transport transport, Family family)
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        web.Serve(80);
        Attachment attachment = family == Family.IPv4
            ? web.Attachment with { IPv6 = null }
            : web.Attachment with { IPv4 = null };
        attachment.Add(PortMapping.Of(transport, 8080, 80)).Succeeded();

        Family other = family == Family.IPv4 ? Family.IPv6 : Family.IPv4;
        Assert.Equal("web", node.Outside.Ask(transport, Plan.Node(family), 8080).By);
        Assert.Equal(Answer.Refused, node.Outside.Ask(transport, Plan.Node(other), 8080));
    }

    [Theory]
    [MemberData(nameof(Cases.Everything), MemberType = typeof(Cases))]
    public void A_host_port_takes_the_port_from_a_process_of_the_node_and_gives_it_back(
        Transport transport, Family family)
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        web.Serve(80);
        node.Serve(8080);
        PortMapping mapping = PortMapping.Of(transport, 8080, 80);

        web.Attachment.Add(mapping).Succeeded();
        Assert.Equal("web", node.Outside.Ask(transport, Plan.Node(family), 8080).By);

        web.Attachment.Del(mapping).Succeeded();
        Assert.Equal("node", node.Outside.Ask(transport, Plan.Node(family), 8080).By);
    }

    [Theory]
    [MemberData(nameof(Cases.Transports), MemberType = typeof(Cases))]
    public void A_process_of_the_node_keeps_answering_on_the_IPv6_loopback(Transport transport)
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        web.Serve(80);
        node.ServeOn(Plan.Loopback(Family.IPv6), 8080);
        web.Attachment.Add(PortMapping.Of(transport, 8080, 80)).Succeeded();

        Assert.Equal(
            Answer.From("node", Plan.Loopback(Family.IPv6)),
            node.Ask(transport, Plan.Loopback(Family.IPv6), 8080));
        Assert.Equal("web", node.Outside.Ask(transport, Plan.Node(Family.IPv6), 8080).By);
    }

    [Theory]
    [MemberData(nameof(Cases.Transports), MemberType = typeof(Cases))]
    public void Without_a_process_the_IPv6_loopback_refuses_at_once(Transport transport)
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        web.Serve(80);
        web.Attachment.Add(PortMapping.Of(transport, 8080, 80)).Succeeded();

        Assert.Equal(
            Answer.Refused, node.Ask(transport, Plan.Loopback(Family.IPv6), 8080));
    }

    [Theory]
    [MemberData(nameof(Cases.Transports), MemberType = typeof(Cases))]
    public void A_process_of_the_node_keeps_answering_on_a_link_local_address(Transport transport)
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        Pod neighbour = node.AddPod("neighbour");
        web.Serve(80);
        node.Serve(8080);
        node.Ip($"address add fe80::1/64 dev {node.Bridge.Name} nodad");
        web.Attachment.Add(PortMapping.Of(transport, 8080, 80)).Succeeded();

        string links = neighbour.Run("ip", "-j", "link", "show", "eth0").Succeeded("ip link");
        long scope = (long)JsonNode.Parse(links)![0]!["ifindex"]!;
        IPAddress linkLocal = new(IPAddress.Parse("fe80::1").GetAddressBytes(), scope);
        Assert.Equal("node", neighbour.Ask(transport, linkLocal, 8080).By);
    }
}
