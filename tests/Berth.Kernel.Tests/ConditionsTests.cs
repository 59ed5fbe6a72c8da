using Berth.Kernel.Tests.Plugin;
using Berth.Kernel.Tests.Topology;

namespace Berth.Kernel.Tests;

/// <summary>The keys <c>conditionsV4</c> and <c>conditionsV6</c> govern the network that has them, and no other.</summary>
public sealed class ConditionsTests
{
    [Theory]
    [MemberData(nameof(Cases.Everything), MemberType = typeof(Cases))]
    public void A_packet_that_does_not_meet_them_is_left_alone(Transport transport, Family family)
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        web.Serve(80);
        node.Serve(8080);
        Conditional(web.Attachment).Add(PortMapping.Of(transport, 8080, 80)).Succeeded();

        Assert.Equal(
            Answer.From("web", Plan.OutsideSecond(family)),
            node.Outside.Ask(transport, Plan.Node(family), 8080, from: Plan.OutsideSecond(family)));
        Assert.Equal(
            Answer.From("node", Plan.Outside(family)),
            node.Outside.Ask(transport, Plan.Node(family), 8080, from: Plan.Outside(family)));
    }

    [Theory]
    [MemberData(nameof(Cases.FamiliesInBothOrders), MemberType = typeof(Cases))]
    public void Another_networks_mappings_are_not_governed_whoever_came_last(Family family, bool conditionalFirst)
    {
        using Node node = new();
        Pod strict = node.AddPod("strict");
        Pod open = node.AddPod("open");
        strict.Serve(80);
        open.Serve(80);
        AddBoth(strict, open, conditionalFirst);

        Assert.Equal(
            Answer.From("open", Plan.Outside(family)),
            node.Outside.Ask(Transport.Tcp, Plan.Node(family), 8081, from: Plan.Outside(family)));
        Assert.Equal(
            Answer.From("open", Plan.OutsideSecond(family)),
            node.Outside.Ask(Transport.Tcp, Plan.Node(family), 8081, from: Plan.OutsideSecond(family)));
        Assert.Equal(
            Answer.From("strict", Plan.OutsideSecond(family)),
            node.Outside.Ask(Transport.Tcp, Plan.Node(family), 8080, from: Plan.OutsideSecond(family)));
        Assert.Equal(
            Answer.Refused,
            node.Outside.Ask(Transport.Tcp, Plan.Node(family), 8080, from: Plan.Outside(family)));
    }

    [Theory]
    [MemberData(nameof(Cases.Families), MemberType = typeof(Cases))]
    public void They_hold_for_what_the_node_sends_itself_too(Family family)
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        web.Serve(80);
        Conditional(web.Attachment).Add(new PortMapping(8080, 80)).Succeeded();

        Assert.Equal(Answer.Refused, node.Ask(Transport.Tcp, Plan.Node(family), 8080));
        Assert.Equal(
            Answer.From("web", Plan.NodeSecond(family)), node.Ask(Transport.Tcp, Plan.NodeSecond(family), 8080));
    }

    [Theory]
    [MemberData(nameof(Cases.Families), MemberType = typeof(Cases))]
    public void DEL_takes_the_conditional_mapping_and_leaves_the_other(Family family)
    {
        using Node node = new();
        Pod strict = node.AddPod("strict");
        Pod open = node.AddPod("open");
        strict.Serve(80);
        open.Serve(80);
        AddBoth(strict, open, conditionalFirst: true);

        Conditional(strict.Attachment).Del(new PortMapping(8080, 80)).Succeeded();

        Assert.Equal(
            Answer.Refused,
            node.Outside.Ask(Transport.Tcp, Plan.Node(family), 8080, from: Plan.OutsideSecond(family)));
        Assert.Equal(
            "open", node.Outside.Ask(Transport.Tcp, Plan.Node(family), 8081, from: Plan.Outside(family)).By);
    }

    private static void AddBoth(Pod strict, Pod open, bool conditionalFirst)
    {
        Action[] adds =
        [
            () => Conditional(strict.Attachment).Add(new PortMapping(8080, 80)).Succeeded(),
            () => open.Attachment.Add(new PortMapping(8081, 80)).Succeeded(),
        ];
        foreach (Action add in conditionalFirst ? adds : adds.Reverse())
        {
            add();
        }
    }

    private static Attachment Conditional(Attachment attachment) => (attachment with { Network = "strictnet" })
        .With("conditionsV4", """["ip", "saddr", "!=", "192.0.2.0/24"]""")
        .With("conditionsV6", """["ip6", "saddr", "!=", "2001:db8:1::/64"]""");
}
