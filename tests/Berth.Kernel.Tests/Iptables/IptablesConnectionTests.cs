using Berth.Kernel.Tests.Plugin;
using Berth.Kernel.Tests.Topology;

namespace Berth.Kernel.Tests.Iptables;

/// <summary>Real connections through the iptables backend, with both flavours.</summary>
[Collection(Toolsets.LockHolders)]
public sealed class IptablesConnectionTests
{
    /// <summary>Both flavours, TCP and UDP.</summary>
    public static MatrixTheoryData<Toolset, Transport> Transports { get; } =
        new(Toolsets.All, [Transport.Tcp, Transport.Udp]);

    /// <summary>Both flavours, TCP and UDP, IPv4 and IPv6.</summary>
    public static MatrixTheoryData<Toolset, Transport, Family> Everything { get; } =
        new(Toolsets.All, [Transport.Tcp, Transport.Udp], [Family.IPv4, Family.IPv6]);

    [Theory]
    [MemberData(nameof(Everything))]
    public void From_outside_from_the_node_and_from_itself_the_pod_answers_until_DEL(
        Toolset toolset, Transport transport, Family family)
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        web.Serve(80);
        PortMapping mapping = PortMapping.Of(transport, 8080, 80);

        web.Attachment.On(toolset).Add(mapping).Succeeded();

        Assert.Equal(Answer.From("web", Plan.Outside(family)), node.Outside.Ask(transport, Plan.Node(family), 8080));
        Assert.Equal(Answer.From("web", Plan.Node(family)), node.Ask(transport, Plan.Node(family), 8080));
        Assert.Equal(Answer.From("web", Plan.Gateway(family, 1)), web.Ask(transport, Plan.Node(family), 8080));

        web.Attachment.On(toolset).Del(mapping).Succeeded();

        Assert.Equal(Answer.Refused, node.Outside.Ask(transport, Plan.Node(family), 8080));
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public void From_127_0_0_1_the_pod_sees_the_node_on_its_own_network(Toolset toolset, Transport transport)
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        web.Serve(80);

        web.Attachment.On(toolset).Add(PortMapping.Of(transport, 8080, 80)).Succeeded();

        Assert.Equal(
            Answer.From("web", Plan.Gateway(Family.IPv4, 1)), node.Ask(transport, Plan.Loopback(Family.IPv4), 8080));
        Assert.Equal("1", node.Sysctl($"net.ipv4.conf.{node.Bridge.Name}.route_localnet"));
        Assert.Equal("0", node.Sysctl("net.ipv4.conf.uplink.route_localnet"));
    }

    [Theory]
    [MemberData(nameof(Everything))]
    public void A_hostIP_is_the_only_address_that_answers(Toolset toolset, Transport transport, Family family)
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        web.Serve(80);

        web.Attachment.On(toolset).Add(PortMapping.Of(transport, 8080, 80, Plan.Node(family))).Succeeded();

        Assert.Equal("web", node.Outside.Ask(transport, Plan.Node(family), 8080).By);
        Assert.Equal(Answer.Refused, node.Outside.Ask(transport, Plan.NodeSecond(family), 8080));
    }

    [Theory]
    [MemberData(nameof(Everything))]
    public void In_one_request_the_mapping_of_an_address_wins_there_in_whatever_order_they_are_listed(
        Toolset toolset, Transport transport, Family family)
    {
        using Node node = new();
        Pod first = node.AddPod("first");
        first.Serve(80);
        first.Serve(81, "second");
        PortMapping any = PortMapping.Of(transport, 8080, 80);
        PortMapping one = PortMapping.Of(transport, 8080, 81, Plan.NodeSecond(family));

        first.Attachment.On(toolset).Add(any, one).Succeeded();
        Assert.Equal("second", node.Outside.Ask(transport, Plan.NodeSecond(family), 8080).By);
        Assert.Equal("first", node.Outside.Ask(transport, Plan.Node(family), 8080).By);
        first.Attachment.On(toolset).Check(any, one).Succeeded();
        first.Attachment.On(toolset).Del(any, one).Succeeded();

        first.Attachment.On(toolset).Add(one, any).Succeeded();
        Assert.Equal("second", node.Outside.Ask(transport, Plan.NodeSecond(family), 8080).By);
        Assert.Equal("first", node.Outside.Ask(transport, Plan.Node(family), 8080).By);
    }

    [Theory]
    [MemberData(nameof(Everything))]
    public void The_newest_pod_has_the_port_and_its_DEL_gives_it_back(Toolset toolset, Transport transport, Family family)
    {
        using Node node = new();
        Pod old = node.AddPod("old");
        Pod young = node.AddPod("young");
        old.Serve(80);
        young.Serve(80);
        PortMapping mapping = PortMapping.Of(transport, 8080, 80);
        old.Attachment.On(toolset).Add(mapping).Succeeded();

        young.Attachment.On(toolset).Add(mapping).Succeeded();
        Assert.Equal("young", node.Outside.Ask(transport, Plan.Node(family), 8080).By);

        young.Attachment.On(toolset).Del(mapping).Succeeded();
        Assert.Equal("old", node.Outside.Ask(transport, Plan.Node(family), 8080).By);
    }

    [Theory]
    [MemberData(nameof(Everything))]
    public void A_pod_that_is_added_again_with_another_address_is_reached_there(
        Toolset toolset, Transport transport, Family family)
    {
        using Node node = new();
        Pod first = node.AddPod("first");
        Pod moved = node.AddPod("moved");
        first.Serve(80);
        moved.Serve(80);
        PortMapping mapping = PortMapping.Of(transport, 8080, 80);
        Attachment before = first.Attachment.On(toolset);
        before.Add(mapping).Succeeded();

        Attachment after = before with { IPv4 = moved.Address(Family.IPv4), IPv6 = moved.Address(Family.IPv6) };
        after.Add(mapping).Succeeded();

        Assert.Equal("moved", node.Outside.Ask(transport, Plan.Node(family), 8080).By);
        Assert.Equal(2, node.Save(toolset).Split(before.ContainerId).Length - 1);
    }

    [Theory]
    [InlineData(Toolset.Nft, Family.IPv4)]
    [InlineData(Toolset.Nft, Family.IPv6)]
    [InlineData(Toolset.Legacy, Family.IPv4)]
    [InlineData(Toolset.Legacy, Family.IPv6)]
    public void UDP_flows_that_are_under_way_follow_ADD_and_DEL(Toolset toolset, Family family)
    {
        using Node node = new();
        Pod dns = node.AddPod("dns");
        dns.Serve(53);
        node.Serve(5353);
        PortMapping mapping = new(5353, 53, "udp");
        using Flow flow = node.Outside.OpenUdpFlow(Plan.Node(family), 5353);
        Assert.Equal("node", flow.Ask().By);

        dns.Attachment.On(toolset).Add(mapping).Succeeded();
        Assert.Equal("dns", flow.Ask().By);

        // Without prevResult and ports: what is removed is what the rules say.
        dns.Attachment.On(toolset).Call("DEL", null).Succeeded();
        Assert.Equal("node", flow.Ask().By);
    }
}
