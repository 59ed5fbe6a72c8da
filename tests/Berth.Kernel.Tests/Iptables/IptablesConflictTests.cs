using Berth.Kernel.Tests.Plugin;
using Berth.Kernel.Tests.Topology;

namespace Berth.Kernel.Tests.Iptables;

/// <summary>The key <c>onConflict</c> where iptables serves, or has served.</summary>
[Collection(Toolsets.LockHolders)]
public sealed class IptablesConflictTests
{
    private static readonly PortMapping Web = new(8080, 80);

    /// <summary>Both flavours and families.</summary>
    public static MatrixTheoryData<Toolset, Family> Everything { get; } = new(Toolsets.All, [Family.IPv4, Family.IPv6]);

    /// <summary>Both flavours.</summary>
    public static TheoryData<Toolset> Both { get; } = new(Toolsets.All);

    [Theory]
    [MemberData(nameof(Everything))]
    public void With_fail_a_held_port_is_refused_naming_the_holder_and_nothing_is_changed(Toolset toolset, Family family)
    {
        using Node node = new();
        Pod holder = node.AddPod("holder");
        holder.Serve(80);
        Pod late = node.AddPod("late");
        late.Serve(80);
        Attachment held = family == Family.IPv4 ? holder.Attachment with { IPv6 = null } : holder.Attachment with { IPv4 = null };
        held.On(toolset).Add(Web).Succeeded();
        string before = node.Save(toolset);

        PluginResult result = Failing(late.Attachment.On(toolset)).Add(new PortMapping(8081, 80), Web).Failed();

        Assert.Equal(before, node.Save(toolset));
        Assert.Contains(
            $"tcp port 8080 is taken by container {held.ContainerId} on network podnet", result.ErrorText, StringComparison.Ordinal);
        Assert.Equal("holder", node.Outside.Ask(Transport.Tcp, Plan.Node(family), 8080).By);

        held.On(toolset).Del(Web).Succeeded();
        Failing(late.Attachment.On(toolset)).Add(Web).Succeeded();
        Assert.Equal("late", node.Outside.Ask(Transport.Tcp, Plan.Node(family), 8080).By);
    }

    [Theory]
    [MemberData(nameof(Both))]
    public void What_is_no_conflict_is_served(Toolset toolset)
    {
        using Node node = new();
        Pod holder = node.AddPod("holder");
        Pod late = node.AddPod("late");
        Attachment failing = Failing(late.Attachment.On(toolset));
        Failing(holder.Attachment.On(toolset)).Add(Web).Succeeded();

        Failing(holder.Attachment.On(toolset)).Add(Web).Succeeded();
        failing.Add(Web with { Protocol = "udp" }, Web with { HostIP = "192.0.2.1" }).Succeeded();
        Attachment conditional = failing with { Network = "othernet", ContainerId = "conditional" };
        conditional.With("conditionsV4", """["-s", "192.0.2.0/24"]""").With("conditionsV6", """["!", "-s", "2001:db8::/32"]""")
            .Add(Web).Succeeded();
    }

    [Theory]
    [MemberData(nameof(Both))]
    public void With_fail_nftables_refuses_what_iptables_has(Toolset toolset)
    {
        using Node node = new();
        Pod holder = node.AddPod("holder");
        Pod late = node.AddPod("late");
        holder.Attachment.On(toolset).Add(Web).Succeeded();
        string before = node.Save(toolset);
        Attachment failing = Failing(late.Attachment) with { SearchPath = toolset.SearchPath() };

        // The wildcard's rules would be met before those of the one address, too.
        foreach (string? hostIP in (string?[])[null, "192.0.2.1"])
        {
            PluginResult result = failing.Add(Web with { HostIP = hostIP }).Failed();
            Assert.Contains($"container {holder.Attachment.ContainerId} on network podnet", result.ErrorText, StringComparison.Ordinal);
        }

        Assert.Equal(before, node.Save(toolset));
        Assert.DoesNotContain("ip berth", Tables.All(node));
        failing.Add(new PortMapping(8081, 80)).Succeeded();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void With_fail_iptables_refuses_what_nf_tables_has(bool isReference)
    {
        using Node node = new();
        Pod holder = node.AddPod("holder");
        Pod late = node.AddPod("late");
        Attachment held = isReference ? holder.Attachment with { Program = ReferencePortmap.Program } : holder.Attachment;
        held.Add(Web).Succeeded();
        string before = node.Nft("list", "ruleset");

        PluginResult result = Failing(late.Attachment.On(Toolset.Legacy)).Add(Web).Failed();

        Assert.Contains("tcp port 8080 is taken by", result.ErrorText, StringComparison.Ordinal);
        Assert.Contains(holder.Attachment.ContainerId[..12], result.ErrorText, StringComparison.Ordinal);
        Assert.Equal(before, node.Nft("list", "ruleset"));
        Failing(late.Attachment.On(Toolset.Legacy)).Add(new PortMapping(8081, 80)).Succeeded();
    }

    [Theory]
    [MemberData(nameof(Everything))]
    public void Without_it_the_newest_has_the_port_whichever_of_the_two_serves_it(Toolset toolset, Family family)
    {
        using Node node = new();
        Pod[] pods = [.. ((string[])["reference", "nftables", "iptables", "again"]).Select(node.AddPod)];
        Attachment[] attachments =
        [
            pods[0].Attachment with { Program = ReferencePortmap.Program }, pods[1].Attachment, pods[2].Attachment.On(toolset),
            pods[3].Attachment with { SearchPath = toolset.SearchPath() },
        ];
        for (int i = 0; i < pods.Length; i++)
        {
            pods[i].Serve(80);
            attachments[i].Add(Web).Succeeded();
            Assert.Equal(pods[i].Name, node.Outside.Ask(Transport.Tcp, Plan.Node(family), 8080).By);
        }
    }

    [Theory]
    [MemberData(nameof(Everything))]
    public void Who_takes_a_port_from_iptables_sees_the_client_whatever_the_old_owner_had_masqueraded(Toolset toolset, Family family)
    {
        using Node node = new();
        Pod old = node.AddPod("old");
        Pod young = node.AddPod("young");
        young.Serve(80);
        old.Attachment.On(toolset).With("masqAll", "true").Add(Web, new PortMapping(8081, 81)).Succeeded();

        (young.Attachment with { SearchPath = toolset.SearchPath() }).Add(Web).Succeeded();

        Assert.Equal(Answer.From("young", Plan.Outside(family)), node.Outside.Ask(Transport.Tcp, Plan.Node(family), 8080));
        Assert.DoesNotContain("--dport 8080", node.Save(toolset), StringComparison.Ordinal);
        Assert.Contains("--dport 8081 -j CNI-HOSTPORT-SETMARK", node.Save(toolset, family), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Everything))]
    public void A_container_that_is_added_again_by_iptables_has_nothing_of_nf_tables_left(Toolset toolset, Family family)
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        web.Serve(80);
        Attachment reference = web.Attachment with { Program = ReferencePortmap.Program, ContainerId = "reference" };
        reference.Add(new PortMapping(8082, 80)).Succeeded();
        web.Attachment.Add(Web, new PortMapping(8081, 80)).Succeeded();

        web.Attachment.On(toolset).Add(Web).Succeeded();
        (reference.On(toolset) with { Program = Portmap.Program }).Add(new PortMapping(8083, 80)).Succeeded();

        Assert.Equal("web", node.Outside.Ask(Transport.Tcp, Plan.Node(family), 8080).By);
        Assert.Equal("web", node.Outside.Ask(Transport.Tcp, Plan.Node(family), 8083).By);
        Assert.Equal(Answer.Refused, node.Outside.Ask(Transport.Tcp, Plan.Node(family), 8081));
        Assert.Equal(Answer.Refused, node.Outside.Ask(Transport.Tcp, Plan.Node(family), 8082));
        Assert.Equal("1", node.Sysctl($"net.ipv4.conf.{node.Bridge.Name}.route_localnet"));
        Assert.Equal("web", node.Ask(Transport.Tcp, Plan.Loopback(Family.IPv4), 8080).By);
    }

    private static Attachment Failing(Attachment attachment) => attachment.With("onConflict", "\"fail\"");
}
