using Berth.Kernel.Tests.Plugin;
using Berth.Kernel.Tests.Topology;

namespace Berth.Kernel.Tests;

/// <summary>The keys <c>snat</c> and <c>masqAll</c>.</summary>
public sealed class MasqueradingPolicyTests
{
    [Theory]
    [MemberData(nameof(Cases.Everything), MemberType = typeof(Cases))]
    public void With_masqAll_the_pod_sees_the_node_whoever_asks(Transport transport, Family family)
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        Pod stranger = node.AddBridge().AddPod("stranger");
        web.Serve(80);
        web.Attachment.With("masqAll", "true").Add(PortMapping.Of(transport, 8080, 80)).Succeeded();

        Answer expected = Answer.From("web", Plan.Gateway(family, 1));
        Assert.Equal(expected, node.Outside.Ask(transport, Plan.Node(family), 8080));
        Assert.Equal(expected, stranger.Ask(transport, Plan.Node(family), 8080));
        Assert.Equal(expected, web.Ask(transport, Plan.Node(family), 8080));
        Assert.Equal(expected, node.Ask(transport, Plan.Node(family), 8080));
    }

    [Theory]
    [MemberData(nameof(Cases.Everything), MemberType = typeof(Cases))]
    public void With_masqAll_in_one_network_another_keeps_the_clients_address(Transport transport, Family family)
    {
        using Node node = new();
        Pod one = node.AddPod("one");
        Pod two = node.AddPod("two");
        one.Serve(80);
        two.Serve(80);
        (one.Attachment with { Network = "masked" }).With("masqAll", "true")
            .Add(PortMapping.Of(transport, 8081, 80)).Succeeded();
        two.Attachment.Add(PortMapping.Of(transport, 8082, 80)).Succeeded();

        Assert.Equal(
            Answer.From("one", Plan.Gateway(family, 1)), node.Outside.Ask(transport, Plan.Node(family), 8081));
        Assert.Equal(
            Answer.From("two", Plan.Outside(family)), node.Outside.Ask(transport, Plan.Node(family), 8082));
    }

    [Theory]
    [MemberData(nameof(Cases.Everything), MemberType = typeof(Cases))]
    public void Without_snat_the_pod_sees_the_client(Transport transport, Family family)
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        Pod stranger = node.AddBridge().AddPod("stranger");
        web.Serve(80);
        web.Attachment.With("snat", "false").Add(PortMapping.Of(transport, 8080, 80)).Succeeded();

        Assert.Equal(
            Answer.From("web", Plan.Outside(family)), node.Outside.Ask(transport, Plan.Node(family), 8080));
        Assert.Equal(
            Answer.From("web", stranger.Address(family)), stranger.Ask(transport, Plan.Node(family), 8080));
        Assert.Equal(Answer.From("web", Plan.Node(family)), node.Ask(transport, Plan.Node(family), 8080));
    }

    [Theory]
    [MemberData(nameof(Cases.Transports), MemberType = typeof(Cases))]
    public void Without_snat_127_0_0_1_refuses_at_once(Transport transport)
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        web.Serve(80);
        web.Attachment.With("snat", "false").Add(PortMapping.Of(transport, 8080, 80)).Succeeded();

        Assert.Equal(
            Answer.Refused, node.Ask(transport, Plan.Loopback(Family.IPv4), 8080));
    }

    [Theory]
    [MemberData(nameof(Cases.Transports), MemberType = typeof(Cases))]
    public void Without_snat_127_0_0_1_reaches_a_process_of_the_node(Transport transport)
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        web.Serve(80);
        node.Serve(8080);
        web.Attachment.With("snat", "false").Add(PortMapping.Of(transport, 8080, 80)).Succeeded();

        Assert.Equal(
            Answer.From("node", Plan.Loopback(Family.IPv4)),
            node.Ask(transport, Plan.Loopback(Family.IPv4), 8080));
        Assert.Equal("web", node.Outside.Ask(transport, Plan.Node(Family.IPv4), 8080).By);
    }

    [Theory]
    [MemberData(nameof(Cases.Transports), MemberType = typeof(Cases))]
    public void Without_snat_in_one_network_127_0_0_1_still_works_in_another(Transport transport)
    {
        using Node node = new();
        Pod one = node.AddPod("one");
        Pod two = node.AddPod("two");
        one.Serve(80);
        two.Serve(80);
        (one.Attachment with { Network = "plain" }).With("snat", "false")
            .Add(PortMapping.Of(transport, 8081, 80)).Succeeded();
        two.Attachment.Add(PortMapping.Of(transport, 8082, 80)).Succeeded();

        Assert.Equal(
            Answer.From("two", Plan.Gateway(Family.IPv4, 1)),
            node.Ask(transport, Plan.Loopback(Family.IPv4), 8082));
    }
}
