using Berth.Kernel.Tests.Plugin;
using Berth.Kernel.Tests.Topology;

namespace Berth.Kernel.Tests.Iptables;

/// <summary>
/// A node whose iptables was switched from one flavour to the other: what was made through the old one stands beside what is
/// made now, and whichever registered last is met first.
/// </summary>
[Collection(Toolsets.LockHolders)]
public sealed class OtherFlavourTests
{
    private static readonly PortMapping Web = new(8080, 80);
    private static readonly PortMapping Also = new(8081, 80);

    /// <summary>Both flavours and families, and who made the old rules.</summary>
    public static MatrixTheoryData<Toolset, Family, bool> Everything { get; } =
        new(Toolsets.All, [Family.IPv4, Family.IPv6], [false, true]);

    /// <summary>Which flavour serves, which has served, and the family that the pod has lost.</summary>
    public static MatrixTheoryData<Toolset, Toolset, Family> Everywhere { get; } =
        new(Toolsets.All, Toolsets.All, [Family.IPv4, Family.IPv6]);

    /// <summary>Both flavours.</summary>
    public static TheoryData<Toolset> Both { get; } = new(Toolsets.All);

    [Theory]
    [MemberData(nameof(Everything))]
    public void The_newest_pod_takes_the_port_and_only_that_port(Toolset toolset, Family family, bool isReference)
    {
        using Node node = new();
        Pod old = Serve(node, "old");
        Pod young = Serve(node, "young");
        Attachment former = old.Attachment.On(toolset.Other());
        if (isReference)
        {
            // With ip6tables-legacy 1.8.9 the reference makes no rule of a second port: iptables tells it that it is there.
            former = former with { Program = ReferencePortmap.Program };
            former.Add(Web).Succeeded();
            (former with { Network = "othernet" }).Add(Also).Succeeded();
        }
        else
        {
            former.Add(Web, Also).Succeeded();
        }

        young.Attachment.On(toolset).Add(Web).Succeeded();

        Assert.Equal("young", node.Outside.Ask(Transport.Tcp, Plan.Node(family), 8080).By);
        Assert.Equal("young", node.Ask(Transport.Tcp, Plan.Node(family), 8080).By);
        Assert.Equal("old", node.Outside.Ask(Transport.Tcp, Plan.Node(family), 8081).By);
        Assert.DoesNotContain("--dport 8080", node.Save(toolset.Other()), StringComparison.Ordinal);
        young.Attachment.On(toolset).Check(Web).Succeeded();

        old.Attachment.On(toolset).Del(Web, Also).Succeeded();
        (old.Attachment.On(toolset) with { Network = "othernet" }).Del(Also).Succeeded();
        Assert.DoesNotContain("CNI-DN-", node.Save(toolset.Other()), StringComparison.Ordinal);
        Assert.Equal("young", node.Outside.Ask(Transport.Tcp, Plan.Node(family), 8080).By);
        Assert.Equal(Answer.Refused, node.Outside.Ask(Transport.Tcp, Plan.Node(family), 8081));
    }

    [Theory]
    [MemberData(nameof(Everything))]
    public void With_fail_a_port_that_is_held_there_is_refused_naming_the_holder(Toolset toolset, Family family, bool isReference)
    {
        using Node node = new();
        Pod holder = node.AddPod("holder");
        Attachment held = family == Family.IPv4 ? holder.Attachment with { IPv6 = null } : holder.Attachment with { IPv4 = null };
        (held.On(toolset.Other()) with { Program = isReference ? ReferencePortmap.Program : Portmap.Program }).Add(Web).Succeeded();
        Attachment late = node.AddPod("late").Attachment.On(toolset).With("onConflict", "\"fail\"");
        _ = node.Save(toolset);
        string before = node.Save(toolset) + node.Save(toolset.Other());

        foreach (string? hostIP in (string?[])[null, Plan.Node(family).ToString()])
        {
            PluginResult result = late.Add(Also, Web with { HostIP = hostIP }).Failed();
            Assert.Contains(
                $"tcp port 8080 is taken by container {held.ContainerId} on network podnet", result.ErrorText, StringComparison.Ordinal);
        }

        Assert.Equal(before, node.Save(toolset) + node.Save(toolset.Other()));
        late.Add(Also).Succeeded();
    }

    // A comment has room for 255 bytes.
    [Fact]
    public void Of_a_holder_whose_network_has_too_long_a_name_the_network_is_named_as_far_as_it_stands_there()
    {
        using Node node = new();
        (node.AddPod("holder").Attachment.On(Toolset.Nft) with { Network = new string('n', 250) }).Add(Web).Succeeded();

        PluginResult result = node.AddPod("late").Attachment.On(Toolset.Legacy).With("onConflict", "\"fail\"").Add(Web).Failed();

        Assert.Contains("is taken by a container on network nnnn", result.ErrorText, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Both))]
    public void A_pod_that_is_added_again_has_nothing_left_there(Toolset toolset)
    {
        using Node node = new();
        Pod web = Serve(node, "web");
        web.Attachment.On(toolset.Other()).Add(Web, Also).Succeeded();

        web.Attachment.On(toolset).With("onConflict", "\"fail\"").Add(Web).Succeeded();

        Assert.DoesNotContain("CNI-DN-", node.Save(toolset.Other()), StringComparison.Ordinal);
        Assert.Equal("web", node.Outside.Ask(Transport.Tcp, Plan.Node(Family.IPv4), 8080).By);
        Assert.Equal(Answer.Refused, node.Outside.Ask(Transport.Tcp, Plan.Node(Family.IPv4), 8081));
    }

    [Theory]
    [MemberData(nameof(Everywhere))]
    public void A_pod_that_is_added_again_without_an_address_of_a_family_has_nothing_left_there(
        Toolset toolset, Toolset former, Family lost)
    {
        using Node node = new();
        Pod web = Serve(node, "web");
        node.AddPod("other").Attachment.On(former).Add(Also).Succeeded();
        web.Attachment.On(former).Add(Web).Succeeded();
        Attachment again = lost == Family.IPv4 ? web.Attachment with { IPv4 = null } : web.Attachment with { IPv6 = null };

        again.On(toolset).Add(Web).Succeeded();

        again.On(toolset).Check(Web).Succeeded();
        Assert.DoesNotContain("--dport 8080", node.Save(former, lost), StringComparison.Ordinal);
        Assert.Contains("--dport 8081", node.Save(former, lost), StringComparison.Ordinal);
        Assert.Equal(Answer.Refused, node.Outside.Ask(Transport.Tcp, Plan.Node(lost), 8080));
        Family kept = lost == Family.IPv4 ? Family.IPv6 : Family.IPv4;
        Assert.Equal("web", node.Outside.Ask(Transport.Tcp, Plan.Node(kept), 8080).By);
    }

    [Theory]
    [MemberData(nameof(Both))]
    public void The_same_when_nftables_serves_the_pod_that_is_added_again(Toolset former)
    {
        using Node node = new();
        Pod web = Serve(node, "web");
        web.Attachment.On(former).Add(Web).Succeeded();

        (web.Attachment with { IPv6 = null, SearchPath = former.SearchPath() }).Add(Web).Succeeded();

        Assert.DoesNotContain("CNI-DN-", node.Save(former), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Both))]
    public void GC_finds_what_is_there(Toolset toolset)
    {
        using Node node = new();
        Attachment dead = node.AddPod("dead").Attachment;
        Attachment alive = node.AddPod("alive").Attachment;
        dead.On(toolset.Other()).Add(Web).Succeeded();
        alive.On(toolset.Other()).Add(Also).Succeeded();

        alive.On(toolset).Gc(alive).Succeeded();

        Assert.DoesNotContain("--dport 8080", node.Save(toolset.Other()), StringComparison.Ordinal);
        Assert.Contains("--dport 8081", node.Save(toolset.Other()), StringComparison.Ordinal);
    }

    // As k3s and kube-proxy's images have it: a script of no particular name that calls one or the other.
    [Theory]
    [MemberData(nameof(Both))]
    public void Programs_whose_name_does_not_say_their_flavour_are_told_apart_by_what_they_print(Toolset toolset)
    {
        using Node node = new();
        Pod old = Serve(node, "old");
        Pod young = Serve(node, "young");
        string directory = Toolsets.MakeDirectory("detect");
        foreach (string name in (string[])["iptables-save", "iptables-restore", "ip6tables-save", "ip6tables-restore"])
        {
            string script = Path.Combine(directory, name);
            File.WriteAllText(script, $"#!/bin/sh\nexec {toolset.Directory()}/{name} \"$@\"\n");
            File.SetUnixFileMode(script, (UnixFileMode)0b111_101_101);
        }

        old.Attachment.On(toolset.Other()).Add(Web).Succeeded();
        Attachment attachment = young.Attachment.On(toolset) with { SearchPath = $"{directory}:{Environment.GetEnvironmentVariable("PATH")}" };

        for (int i = 0; i < 2; i++)
        {
            attachment.Add(Web, Also).Succeeded();
            attachment.Check(Web, Also).Succeeded();
            Assert.Contains("--dport 8080", node.Save(toolset), StringComparison.Ordinal);
            Assert.DoesNotContain("--dport 8080", node.Save(toolset.Other()), StringComparison.Ordinal);
            Assert.Equal("young", node.Outside.Ask(Transport.Tcp, Plan.Node(Family.IPv4), 8080).By);
        }
    }

    // iptables-nft 1.8.2, and one that says nothing of the kind.
    [Theory]
    [InlineData("Generated by xtables-save v1.8.2 on", true)]
    [InlineData("Generated by something", false)]
    public void What_an_ADD_has_made_it_does_not_take_over_whatever_the_programs_print(string words, bool isUnderstood)
    {
        using Node node = new();
        Pod old = Serve(node, "old");
        Pod young = Serve(node, "young");
        string directory = Toolsets.MakeDirectory("words");
        foreach (string name in (string[])["iptables-save", "iptables-restore", "ip6tables-save", "ip6tables-restore"])
        {
            string script = Path.Combine(directory, name);
            string change = name.EndsWith("save", StringComparison.Ordinal) ? $" | sed 's/Generated by .* on/{words}/'" : "";
            File.WriteAllText(script, $"#!/bin/sh\n{Toolset.Nft.Directory()}/{name} \"$@\"{change}\n");
            File.SetUnixFileMode(script, (UnixFileMode)0b111_101_101);
        }

        // Without any table there is nothing to print.
        _ = node.Iptables(Toolset.Nft, Family.IPv4, "", "-t", "nat", "-N", "STRANGER");
        _ = node.Iptables(Toolset.Nft, Family.IPv6, "", "-t", "nat", "-N", "STRANGER");
        if (isUnderstood)
        {
            old.Attachment.On(Toolset.Legacy).Add(Web).Succeeded();
        }

        Attachment attachment = young.Attachment.On(Toolset.Nft) with
        {
            SearchPath = $"{directory}:{Environment.GetEnvironmentVariable("PATH")}",
        };
        for (int i = 0; i < 2; i++)
        {
            attachment.Add(Web).Succeeded();

            Assert.Equal("young", node.Outside.Ask(Transport.Tcp, Plan.Node(Family.IPv4), 8080).By);
            Assert.Equal("young", node.Outside.Ask(Transport.Tcp, Plan.Node(Family.IPv6), 8080).By);
            attachment.Check(Web).Succeeded();
        }

        Assert.DoesNotContain("--dport 8080", node.Save(Toolset.Legacy), StringComparison.Ordinal);
    }

    private static Pod Serve(Node node, string name)
    {
        Pod pod = node.AddPod(name);
        pod.Serve(80);
        return pod;
    }
}
