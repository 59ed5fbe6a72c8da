using Berth.Kernel.Tests.Plugin;
using Berth.Kernel.Tests.Topology;

namespace Berth.Kernel.Tests;

/// <summary>A mapping for one address of the node.</summary>
public sealed class HostIPTests
{
    [Theory]
    [MemberData(nameof(Cases.Everything), MemberType = typeof(Cases))]
    public void Only_that_address_answers(Transport transport, Family family)
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        web.Serve(80);
        web.Attachment.Add(PortMapping.Of(transport, 8080, 80, Plan.Node(family))).Succeeded();

        Assert.Equal(
            Answer.From("web", Plan.Outside(family)), node.Outside.Ask(transport, Plan.Node(family), 8080));
        Assert.Equal(Answer.From("web", Plan.Node(family)), node.Ask(transport, Plan.Node(family), 8080));
        Assert.Equal(Answer.From("web", Plan.Gateway(family, 1)), web.Ask(transport, Plan.Node(family), 8080));
        Assert.Equal(Answer.Refused, node.Outside.Ask(transport, Plan.NodeSecond(family), 8080));
        Assert.Equal(Answer.Refused, node.Ask(transport, Plan.NodeSecond(family), 8080));
        Assert.Equal(Answer.Refused, node.Ask(transport, Plan.Loopback(family), 8080));
    }

    [Theory]
    [MemberData(nameof(Cases.Everything), MemberType = typeof(Cases))]
    public void Another_address_still_reaches_a_process_of_the_node(Transport transport, Family family)
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        web.Serve(80);
        node.Serve(8080);
        web.Attachment.Add(PortMapping.Of(transport, 8080, 80, Plan.Node(family))).Succeeded();

        Assert.Equal("web", node.Outside.Ask(transport, Plan.Node(family), 8080).By);
        Assert.Equal("node", node.Outside.Ask(transport, Plan.NodeSecond(family), 8080).By);
    }

    [Theory]
    [MemberData(nameof(Cases.FamiliesInBothOrders), MemberType = typeof(Cases))]
    public void It_beats_the_wildcard_whoever_came_first(Family family, bool wildcardFirst)
    {
        using Node node = new();
        Pod any = node.AddPod("any");
        Pod specific = node.AddPod("specific");
        any.Serve(80);
        specific.Serve(80);
        Action[] adds =
        [
            () => any.Attachment.Add(new PortMapping(8080, 80)).Succeeded(),
            () => specific.Attachment
                .Add(PortMapping.Of(Transport.Tcp, 8080, 80, Plan.NodeSecond(family))).Succeeded(),
        ];
        foreach (Action add in wildcardFirst ? adds : adds.Reverse())
        {
            add();
        }

        Assert.Equal("specific", node.Outside.Ask(Transport.Tcp, Plan.NodeSecond(family), 8080).By);
        Assert.Equal("any", node.Outside.Ask(Transport.Tcp, Plan.Node(family), 8080).By);
    }

    [Theory]
    [MemberData(nameof(Cases.Families), MemberType = typeof(Cases))]
    public void The_unspecified_address_means_every_address_of_its_own_family(Family family)
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        web.Serve(80);
        web.Attachment.Add(new PortMapping(8080, 80, "tcp", family == Family.IPv4 ? "0.0.0.0" : "::")).Succeeded();

        Family other = family == Family.IPv4 ? Family.IPv6 : Family.IPv4;
        Assert.Equal("web", node.Outside.Ask(Transport.Tcp, Plan.Node(family), 8080).By);
        Assert.Equal("web", node.Outside.Ask(Transport.Tcp, Plan.NodeSecond(family), 8080).By);
        Assert.Equal(Answer.Refused, node.Outside.Ask(Transport.Tcp, Plan.Node(other), 8080));
    }

    [Theory]
    [MemberData(nameof(Cases.Transports), MemberType = typeof(Cases))]
    public void The_loopback_address_serves_the_node_alone(Transport transport)
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        web.Serve(80);
        web.Attachment.Add(PortMapping.Of(transport, 8080, 80, Plan.Loopback(Family.IPv4))).Succeeded();

        Assert.Equal(
            Answer.From("web", Plan.Gateway(Family.IPv4, 1)),
            node.Ask(transport, Plan.Loopback(Family.IPv4), 8080));
        Assert.Equal(Answer.Refused, node.Outside.Ask(transport, Plan.Node(Family.IPv4), 8080));
    }

    [Theory]
    [MemberData(nameof(Cases.Families), MemberType = typeof(Cases))]
    public void DEL_of_the_specific_mapping_uncovers_the_wildcard(Family family)
    {
        using Node node = new();
        Pod any = node.AddPod("any");
        Pod specific = node.AddPod("specific");
        any.Serve(80);
        specific.Serve(80);
        PortMapping mapping = PortMapping.Of(Transport.Tcp, 8080, 80, Plan.Node(family));
        any.Attachment.Add(new PortMapping(8080, 80)).Succeeded();
        specific.Attachment.Add(mapping).Succeeded();
        Assert.Equal("specific", node.Outside.Ask(Transport.Tcp, Plan.Node(family), 8080).By);

        specific.Attachment.Del(mapping).Succeeded();

        Assert.Equal("any", node.Outside.Ask(Transport.Tcp, Plan.Node(family), 8080).By);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_loopback_address_leads_on_beside_anothers_wildcard_without_snat(bool isWildcardFirst)
    {
        using Node node = new();
        Pod any = node.AddPod("any");
        Pod local = node.AddPod("local");
        any.Serve(80);
        local.Serve(80);
        Action[] adds =
        [
            () => any.Attachment.With("snat", "false").Add(new PortMapping(8080, 80)).Succeeded(),
            () => local.Attachment.Add(new PortMapping(8080, 80, "tcp", "127.0.0.1")).Succeeded(),
        ];
        foreach (Action add in isWildcardFirst ? adds : adds.Reverse())
        {
            add();
        }

        Assert.Equal("local", node.Ask(Transport.Tcp, Plan.Loopback(Family.IPv4), 8080).By);
        Assert.Equal("any", node.Outside.Ask(Transport.Tcp, Plan.Node(Family.IPv4), 8080).By);
    }
}
