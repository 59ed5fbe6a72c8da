using Berth.Kernel.Tests.Plugin;
using Berth.Kernel.Tests.Topology;

namespace Berth.Kernel.Tests;

/// <summary>ADD for an attachment that has been added before.</summary>
public sealed class RepeatedAddTests
{
    [Fact]
    public void A_repeated_ADD_changes_nothing_that_nft_shows()
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        PortMapping mapping = new(8080, 80);
        web.Attachment.Add(mapping).Succeeded();
        string once = node.Nft("list", "ruleset");

        web.Attachment.Add(mapping).Succeeded();
        web.Attachment.Add(mapping).Succeeded();

        Assert.Equal(once, node.Nft("list", "ruleset"));
    }

    [Theory]
    [MemberData(nameof(Cases.Everything), MemberType = typeof(Cases))]
    public void One_DEL_undoes_any_number_of_ADDs(Transport transport, Family family)
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        web.Serve(80);
        PortMapping mapping = PortMapping.Of(transport, 8080, 80);
        web.Attachment.Add(mapping).Succeeded();
        web.Attachment.Add(mapping).Succeeded();

        web.Attachment.Del(mapping).Succeeded();

        Assert.Equal(Answer.Refused, node.Outside.Ask(transport, Plan.Node(family), 8080));
    }

    [Theory]
    [MemberData(nameof(Cases.Everything), MemberType = typeof(Cases))]
    public void An_ADD_with_a_new_address_sends_to_the_new_one(Transport transport, Family family)
    {
        using Node node = new();
        Pod before = node.AddPod("before");
        Pod after = node.AddPod("after");
        before.Serve(80);
        after.Serve(80);
        PortMapping mapping = PortMapping.Of(transport, 8080, 80);
        Attachment attachment = before.Attachment;
        attachment.Add(mapping).Succeeded();
        Assert.Equal("before", node.Outside.Ask(transport, Plan.Node(family), 8080).By);

        (attachment with { IPv4 = after.Attachment.IPv4, IPv6 = after.Attachment.IPv6 }).Add(mapping).Succeeded();

        Assert.Equal(
            Answer.From("after", Plan.Outside(family)), node.Outside.Ask(transport, Plan.Node(family), 8080));
        Assert.Equal(
            Answer.From("after", Plan.Gateway(family, 1)), after.Ask(transport, Plan.Node(family), 8080));
        Assert.Equal(
            Answer.From("after", Plan.Gateway(family, 1)), before.Ask(transport, Plan.Node(family), 8080));
    }

    [Fact]
    public void An_ADD_with_other_ports_takes_the_former_ones_back()
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        web.Serve(80);
        web.Attachment.Add(new(8080, 80), new(8081, 80)).Succeeded();

        web.Attachment.Add(new(8081, 80), new(8082, 80)).Succeeded();

        Assert.Equal(Answer.Refused, node.Outside.Ask(Transport.Tcp, Plan.Node(Family.IPv4), 8080));
        Assert.Equal(Answer.Refused, node.Outside.Ask(Transport.Tcp, Plan.Node(Family.IPv6), 8080));
        Assert.Equal("web", node.Outside.Ask(Transport.Tcp, Plan.Node(Family.IPv4), 8081).By);
        Assert.Equal("web", node.Outside.Ask(Transport.Tcp, Plan.Node(Family.IPv4), 8082).By);
    }

    [Theory]
    [MemberData(nameof(Cases.Families), MemberType = typeof(Cases))]
    public void An_ADD_with_another_container_port_sends_to_the_new_one(Family family)
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        web.Serve(80, "first");
        web.Serve(81, "second");
        web.Attachment.Add(new PortMapping(8080, 80)).Succeeded();

        web.Attachment.Add(new PortMapping(8080, 81)).Succeeded();

        Assert.Equal("second", node.Outside.Ask(Transport.Tcp, Plan.Node(family), 8080).By);
    }

    [Fact]
    public void An_ADD_without_a_family_takes_that_familys_mapping_back()
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        web.Serve(80);
        PortMapping mapping = new(8080, 80);
        web.Attachment.Add(mapping).Succeeded();

        (web.Attachment with { IPv6 = null }).Add(mapping).Succeeded();

        Assert.Equal("web", node.Outside.Ask(Transport.Tcp, Plan.Node(Family.IPv4), 8080).By);
        Assert.Equal(Answer.Refused, node.Outside.Ask(Transport.Tcp, Plan.Node(Family.IPv6), 8080));
    }
}
