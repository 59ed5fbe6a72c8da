using Berth.Kernel.Tests.Plugin;
using Berth.Kernel.Tests.Topology;

namespace Berth.Kernel.Tests.Iptables;

/// <summary>Berth takes the place of the reference plugin, whose iptables rules are on the node, and gives it back.</summary>
[Collection(Toolsets.LockHolders)]
public sealed class SwapTests
{
    private static readonly PortMapping Web = new(8080, 80);
    private static readonly PortMapping Also = new(8081, 80);

    /// <summary>Both flavours, IPv4 and IPv6.</summary>
    public static MatrixTheoryData<Toolset, Family> Everything { get; } = new(Toolsets.All, [Family.IPv4, Family.IPv6]);

    [Theory]
    [MemberData(nameof(Everything))]
    public void A_pod_that_the_reference_set_up_is_torn_down_by_DEL(Toolset toolset, Family family)
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        web.Serve(80);
        Attachment theirs = web.Attachment.On(toolset) with { Program = ReferencePortmap.Program };
        theirs.Add(Web, Also).Succeeded();
        Assert.Equal("web", node.Outside.Ask(Transport.Tcp, Plan.Node(family), 8080).By);

        (web.Attachment with { HasBackend = false }).Del(Web, Also).Succeeded();

        Assert.Equal(Answer.Refused, node.Outside.Ask(Transport.Tcp, Plan.Node(family), 8080));
        Assert.DoesNotContain("CNI-DN-", node.Save(toolset), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Everything))]
    public void GC_removes_what_the_reference_set_up_of_its_network_and_is_not_listed(Toolset toolset, Family family)
    {
        using Node node = new();
        Pod alive = node.AddPod("alive");
        alive.Serve(80);
        Attachment theirs = alive.Attachment.On(toolset) with { Program = ReferencePortmap.Program };
        theirs.Add(Web).Succeeded();
        Attachment dead = node.AddPod("dead").Attachment.On(toolset) with { Program = ReferencePortmap.Program };
        dead.Add(Also).Succeeded();
        (dead with { Network = "othernet", ContainerId = "elsewhere" }).Add(new PortMapping(8082, 80)).Succeeded();

        (alive.Attachment with { HasBackend = false }).Gc(alive.Attachment).Succeeded();

        Assert.Equal("alive", node.Outside.Ask(Transport.Tcp, Plan.Node(family), 8080).By);
        Assert.DoesNotContain("8081", node.Save(toolset), StringComparison.Ordinal);
        Assert.DoesNotContain(dead.ContainerId, node.Save(toolset), StringComparison.Ordinal);
        Assert.Contains("--dport 8082", node.Save(toolset, family), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Everything))]
    public void A_pod_that_Berth_set_up_with_iptables_is_torn_down_by_the_reference(Toolset toolset, Family family)
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        web.Serve(80);
        Attachment ours = web.Attachment.On(toolset);
        ours.Add(Web, Also).Succeeded();
        (ours with { Program = ReferencePortmap.Program }).Check(Web, Also).Succeeded();

        (ours with { Program = ReferencePortmap.Program }).Del(Web, Also).Succeeded();

        Assert.Equal(Answer.Refused, node.Outside.Ask(Transport.Tcp, Plan.Node(family), 8080));
        Assert.DoesNotContain("CNI-DN-", node.Save(toolset), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Everything))]
    public void A_port_that_the_reference_s_rules_keep_goes_to_the_newest_pod_and_only_that_port(Toolset toolset, Family family)
    {
        using Node node = new();
        Pod old = node.AddPod("old");
        Pod young = node.AddPod("young");
        old.Serve(80);
        young.Serve(80);
        PortMapping elsewhere = Web with { HostIP = Plan.NodeSecond(family).ToString() };
        (old.Attachment.On(toolset) with { Program = ReferencePortmap.Program }).Add(Also, Web).Succeeded();
        Pod third = node.AddPod("third");
        third.Serve(80);
        (third.Attachment.On(toolset) with { Program = ReferencePortmap.Program }).Add(elsewhere).Succeeded();
        string before = node.Save(toolset);

        (young.Attachment with { HasBackend = false }).Add(Web).Succeeded();

        Assert.Equal("young", node.Outside.Ask(Transport.Tcp, Plan.Node(family), 8080).By);
        Assert.Equal("young", node.Ask(Transport.Tcp, Plan.Node(family), 8080).By);
        Assert.Equal("old", node.Outside.Ask(Transport.Tcp, Plan.Node(family), 8081).By);
        Assert.Equal("third", node.Outside.Ask(Transport.Tcp, Plan.NodeSecond(family), 8080).By);
        Assert.NotEqual(before, node.Save(toolset));

        (old.Attachment with { HasBackend = false }).Del(Also, Web).Succeeded();
        Assert.Equal("young", node.Outside.Ask(Transport.Tcp, Plan.Node(family), 8080).By);
        Assert.Equal("third", node.Outside.Ask(Transport.Tcp, Plan.NodeSecond(family), 8080).By);
    }

    [Theory]
    [MemberData(nameof(Everything))]
    public void A_container_that_is_added_again_by_nftables_has_no_rules_of_iptables_left(Toolset toolset, Family family)
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        web.Serve(80);
        web.Attachment.On(toolset).Add(Web, Also).Succeeded();

        web.Attachment.Add(Web).Succeeded();

        Assert.DoesNotContain("CNI-DN-", node.Save(toolset), StringComparison.Ordinal);
        Assert.Equal("web", node.Outside.Ask(Transport.Tcp, Plan.Node(family), 8080).By);
        Assert.Equal(Answer.Refused, node.Outside.Ask(Transport.Tcp, Plan.Node(family), 8081));
    }
}
