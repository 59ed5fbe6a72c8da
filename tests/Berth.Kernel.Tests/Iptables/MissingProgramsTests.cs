using Berth.Kernel.Tests.Plugin;
using Berth.Kernel.Tests.Topology;

namespace Berth.Kernel.Tests.Iptables;

/// <summary>
/// A node from which somebody has removed iptables' programs, or those of one flavour, while rules of theirs are in the
/// kernel: no port is dead without a word.
/// </summary>
[Collection(Toolsets.LockHolders)]
public sealed class MissingProgramsTests
{
    private static readonly PortMapping Web = new(8080, 80);
    private static readonly PortMapping Also = new(8081, 80);

    /// <summary>Both families, and whether the old rules have conditions.</summary>
    public static MatrixTheoryData<Family, bool> OfNft { get; } = new([Family.IPv4, Family.IPv6], [false, true]);

    /// <summary>Both flavours and families, and who made the old rules.</summary>
    public static MatrixTheoryData<Toolset, Family, bool> Everything { get; } =
        new(Toolsets.All, [Family.IPv4, Family.IPv6], [false, true]);

    [Theory]
    [MemberData(nameof(OfNft))]
    public void Rules_of_the_nft_flavour_are_taken_over_and_removed_without_a_program(Family family, bool hasConditions)
    {
        using Node node = new();
        Pod old = Serve(node, "old");
        Pod young = Serve(node, "young");
        Attachment former = old.Attachment.On(Toolset.Nft).With("masqAll", "true");
        former = hasConditions
            ? former.With("conditionsV4", """["-i", "uplink"]""").With("conditionsV6", """["!", "-s", "2001:db8:9::/48"]""")
            : former;
        former.Add(Web, Also).Succeeded();

        Assert.Equal("", Bare(young.Attachment).Add(Web).Succeeded().Output.Stderr);

        Assert.Equal(Answer.From("young", Plan.Outside(family)), node.Outside.Ask(Transport.Tcp, Plan.Node(family), 8080));
        Assert.Equal("old", node.Outside.Ask(Transport.Tcp, Plan.Node(family), 8081).By);
        Assert.DoesNotContain("--dport 8080", node.Save(Toolset.Nft), StringComparison.Ordinal);

        Bare(former).Del(Web, Also).Succeeded();
        Assert.DoesNotContain("CNI-DN-", node.Save(Toolset.Nft), StringComparison.Ordinal);
        Assert.Equal(Answer.Refused, node.Outside.Ask(Transport.Tcp, Plan.Node(family), 8081));
        Assert.Equal("young", node.Outside.Ask(Transport.Tcp, Plan.Node(family), 8080).By);
    }

    [Fact]
    public void GC_removes_the_networks_dead_of_the_nft_flavour_without_a_program()
    {
        using Node node = new();
        Attachment dead = node.AddPod("dead").Attachment.On(Toolset.Nft).With("conditionsV4", """["-i", "uplink"]""");
        Attachment alive = node.AddPod("alive").Attachment.On(Toolset.Nft);
        Attachment elsewhere = alive with { Network = "elsewhere" };
        dead.Add(Web).Succeeded();
        alive.Add(Also).Succeeded();
        elsewhere.Add(new PortMapping(8082, 80)).Succeeded();

        Bare(alive).Gc(alive).Succeeded();

        string saved = node.Save(Toolset.Nft);
        Assert.DoesNotContain(dead.ContainerId, saved, StringComparison.Ordinal);
        Assert.DoesNotContain("--dport 8080", saved, StringComparison.Ordinal);
        Assert.Contains("--dport 8081", saved, StringComparison.Ordinal);
        Assert.Contains("--dport 8082", saved, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Everything))]
    public void With_fail_a_held_port_is_refused_naming_the_holder(Toolset toolset, Family family, bool isReference)
    {
        using Node node = new();
        Attachment holder = Hold(node, toolset, family, isReference);
        string before = node.Save(toolset);

        PluginResult result = Bare(node.AddPod("late").Attachment).With("onConflict", "\"fail\"").Add(Also, Web).Failed();

        Assert.Contains(
            $"tcp port 8080 is taken by container {holder.ContainerId} on network podnet", result.ErrorText, StringComparison.Ordinal);
        Assert.Equal(before, node.Save(toolset));
        Assert.DoesNotContain("ip berth", Tables.All(node));
    }

    // Nobody can take it over, and the old rules would be met first.
    [Theory]
    [InlineData(Family.IPv4, false)]
    [InlineData(Family.IPv4, true)]
    [InlineData(Family.IPv6, false)]
    [InlineData(Family.IPv6, true)]
    public void A_port_that_legacy_rules_keep_is_refused_rather_than_dead(Family family, bool isReference)
    {
        using Node node = new();
        Attachment holder = Hold(node, Toolset.Legacy, family, isReference);
        Pod late = Serve(node, "late");

        PluginResult result = Bare(late.Attachment).Add(Also, Web).Failed();

        Assert.Contains(
            $"tcp port 8080 is taken by container {holder.ContainerId} on network podnet", result.ErrorText, StringComparison.Ordinal);
        Assert.Contains("Install iptables", result.ErrorText, StringComparison.Ordinal);
        Assert.DoesNotContain("ip berth", Tables.All(node));

        // What they do not keep is served, and what they keep as soon as somebody can take it.
        Bare(late.Attachment).Add(Also).Succeeded();
        Assert.Equal("late", node.Outside.Ask(Transport.Tcp, Plan.Node(family), 8081).By);
        late.Attachment.Add(Also, Web).Succeeded();
        Assert.Equal("late", node.Outside.Ask(Transport.Tcp, Plan.Node(family), 8080).By);
    }

    [Theory]
    [InlineData(Family.IPv4)]
    [InlineData(Family.IPv6)]
    public void A_pod_whose_own_legacy_rules_lead_to_its_former_address_is_refused_rather_than_dead(Family family)
    {
        using Node node = new();
        Attachment former = Hold(node, Toolset.Legacy, family, isReference: false);
        Pod late = Serve(node, "late");
        Attachment again = late.Attachment with { ContainerId = former.ContainerId };

        foreach (string rule in (string[])["replace", "fail"])
        {
            PluginResult result = Bare(again).With("onConflict", $"\"{rule}\"").Add(Web).Failed();
            Assert.Contains($"tcp port 8080 is taken by container {former.ContainerId}", result.ErrorText, StringComparison.Ordinal);
            Assert.Contains("Install iptables", result.ErrorText, StringComparison.Ordinal);
        }

        // What they lead to anyway, or have nothing of, is served.
        Bare(former).Add(Web, Also).Succeeded();
        again.Add(Web).Succeeded();
        Assert.Equal("late", node.Outside.Ask(Transport.Tcp, Plan.Node(family), 8080).By);
    }

    [Fact]
    public void The_DEL_of_a_pod_whose_legacy_rules_nobody_can_remove_succeeds_and_warns()
    {
        using Node node = new();
        Attachment holder = Hold(node, Toolset.Legacy, Family.IPv4, isReference: false);

        PluginResult result = Bare(holder).Del(Web).Succeeded();

        Assert.Contains("its programs are not installed", result.Output.Stderr, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Everything))]
    public void Where_only_the_other_flavour_is_installed_it_serves_and_the_port_is_taken_or_refused(
        Toolset toolset, Family family, bool isReference)
    {
        using Node node = new();
        Attachment holder = Hold(node, toolset, family, isReference);
        Pod late = Serve(node, "late");
        Attachment served = late.Attachment.With("backend", "\"iptables\"") with { Under = [.. Toolsets.Without(toolset.Other())] };

        PluginResult refused = served.With("onConflict", "\"fail\"").Add(Web).Failed();
        Assert.Contains(holder.ContainerId, refused.ErrorText, StringComparison.Ordinal);

        PluginResult result = served.Add(Web);
        if (toolset == Toolset.Legacy)
        {
            Assert.Contains(holder.ContainerId, result.Failed().ErrorText, StringComparison.Ordinal);
            Assert.DoesNotContain("CNI-", node.Save(Toolset.Nft), StringComparison.Ordinal);
            return;
        }

        result.Succeeded();
        Assert.Equal("late", node.Outside.Ask(Transport.Tcp, Plan.Node(family), 8080).By);
        (served with { ContainerId = holder.ContainerId }).Del(Web).Succeeded();
        Assert.DoesNotContain("CNI-DN-", node.Save(Toolset.Nft), StringComparison.Ordinal);
    }

    private static Attachment Hold(Node node, Toolset toolset, Family family, bool isReference)
    {
        Attachment holder = node.AddPod("holder").Attachment.On(toolset);
        holder = family == Family.IPv4 ? holder with { IPv6 = null } : holder with { IPv4 = null };
        holder = isReference ? holder with { Program = ReferencePortmap.Program } : holder;
        holder.Add(Web).Succeeded();
        return holder;
    }

    private static Attachment Bare(Attachment attachment) =>
        attachment.With("backend", "\"nftables\"") with { Under = [.. Toolsets.Without()], SearchPath = null };

    private static Pod Serve(Node node, string name)
    {
        Pod pod = node.AddPod(name);
        pod.Serve(80);
        return pod;
    }
}
