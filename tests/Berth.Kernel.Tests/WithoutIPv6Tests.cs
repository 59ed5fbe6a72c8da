using Berth.Kernel.Tests.Iptables;
using Berth.Kernel.Tests.Plugin;
using Berth.Kernel.Tests.Topology;

namespace Berth.Kernel.Tests;

/// <summary>
/// A kernel without IPv6 (ipv6.disable=1), in a virtual machine: what IPv4 needs works, and a pod that is said to have an IPv6
/// address gets an error that says so, and nothing else.
/// </summary>
[Trait("kernel", "no-ipv6")]
public sealed class WithoutIPv6Tests
{
    private static readonly PortMapping Web = new(8080, 80);
    private static readonly PortMapping Dns = new(5353, 53, "udp");

    public WithoutIPv6Tests() => Assert.SkipWhen(
        KernelFamilies.HaveIPv6, "this kernel has IPv6: KERNEL_VM_ARGUMENTS=ipv6.disable=1 eng/kernel-vm has one without");

    /// <summary>What serves.</summary>
    public enum Serving
    {
        /// <summary>Whatever the plugin chooses.</summary>
        Auto,

        /// <summary>Tables of its own.</summary>
        Nftables,

        /// <summary>iptables-nft.</summary>
        IptablesNft,

        /// <summary>iptables-legacy.</summary>
        IptablesLegacy,
    }

    /// <summary>Each.</summary>
    public static TheoryData<Serving> All { get; } = [.. Enum.GetValues<Serving>()];

    [Theory]
    [MemberData(nameof(All))]
    public void A_pod_of_IPv4_gets_and_loses_its_ports_by_every_verb(Serving serving)
    {
        using Node node = new();
        Attachment web = Serve(node, "web", serving);
        Attachment other = Serve(node, "other", serving);
        Quietly(web.Status());

        Quietly(web.Add(Web, Dns));
        Quietly(web.Check(Web, Dns));
        Assert.Equal("web", node.Outside.Ask(Transport.Tcp, Plan.Node(Family.IPv4), 8080).By);
        Assert.Equal("web", node.Outside.Ask(Transport.Udp, Plan.Node(Family.IPv4), 5353).By);
        Assert.Equal("web", node.Ask(Transport.Tcp, Plan.Loopback(Family.IPv4), 8080).By);

        Quietly(other.Add(Web));
        Assert.Equal("other", node.Outside.Ask(Transport.Tcp, Plan.Node(Family.IPv4), 8080).By);
        Quietly(web.Gc(web));
        Assert.Equal("web", node.Outside.Ask(Transport.Tcp, Plan.Node(Family.IPv4), 8080).By);
        Quietly(web.Del(Web, Dns));
        Quietly(other.Del());

        Assert.Equal(Answer.Refused, node.Outside.Ask(Transport.Tcp, Plan.Node(Family.IPv4), 8080));
        Assert.Equal("", LeftBehind(node));
    }

    [Fact]
    public void Nf_tables_takes_the_rules_of_iptables_for_it_all_the_same_and_IPv4_is_served()
    {
        using Node node = new();
        Attachment dual = Serve(node, "web", Serving.IptablesNft) with { IPv6 = Plan.Pod(Family.IPv6, 1, 2) };

        dual.Add(Web).Succeeded();

        Assert.Equal("web", node.Outside.Ask(Transport.Tcp, Plan.Node(Family.IPv4), 8080).By);
        dual.Check(Web).Succeeded();
        dual.Del(Web).Succeeded();
        Assert.Equal("", LeftBehind(node));
    }

    [Theory]
    [InlineData(Serving.Auto)]
    [InlineData(Serving.Nftables)]
    [InlineData(Serving.IptablesLegacy)]
    public void A_pod_that_is_said_to_have_an_IPv6_address_is_refused_with_the_reason_and_leaves_nothing(Serving serving)
    {
        using Node node = new();
        Attachment web = Serve(node, "web", serving);
        Attachment other = Serve(node, "other", serving);
        other.Add(new PortMapping(8081, 80)).Succeeded();
        string before = LeftBehind(node);
        Attachment dual = web with { IPv6 = Plan.Pod(Family.IPv6, 1, 2) };

        PluginResult refused = dual.Add(Web, Dns).Failed();

        Assert.Contains("The kernel has no IPv6", refused.ErrorText, StringComparison.Ordinal);
        Assert.Equal(before, LeftBehind(node));
        Assert.Equal(Answer.Refused, node.Outside.Ask(Transport.Tcp, Plan.Node(Family.IPv4), 8080));
        Assert.Equal("other", node.Outside.Ask(Transport.Tcp, Plan.Node(Family.IPv4), 8081).By);
        dual.Check(Web, Dns).Failed();

        // As a runtime does it after an ADD that failed.
        Quietly(dual.Del(Web, Dns));
        Assert.Equal(before, LeftBehind(node));
        Quietly(web.Add(Web, Dns));
        Assert.Equal("web", node.Outside.Ask(Transport.Tcp, Plan.Node(Family.IPv4), 8080).By);
    }

    [Theory]
    [InlineData("nftables")]
    [InlineData("iptables")]
    public void What_the_reference_left_is_torn_down_there_too(string backend)
    {
        using Node node = new();
        Attachment web = Serve(node, "web", Serving.Nftables);
        (web with { Program = ReferencePortmap.Program, SearchPath = Toolset.Nft.SearchPath() }).With("backend", $"\"{backend}\"")
            .Add(Web).Succeeded();
        Assert.Equal("web", node.Outside.Ask(Transport.Tcp, Plan.Node(Family.IPv4), 8080).By);

        Quietly((web with { SearchPath = Toolset.Nft.SearchPath() }).Del(Web));

        Assert.Equal(Answer.Refused, node.Outside.Ask(Transport.Tcp, Plan.Node(Family.IPv4), 8080));
        Assert.Equal("", LeftBehind(node));
    }

    private static Attachment Serve(Node node, string name, Serving serving)
    {
        Pod pod = node.AddPod(name);
        pod.Serve(80);
        pod.Serve(53);
        Attachment attachment = pod.Attachment with { IPv6 = null, SearchPath = Toolset.Nft.SearchPath() };
        return serving switch
        {
            Serving.Auto => attachment with { HasBackend = false },
            Serving.Nftables => attachment,
            Serving.IptablesNft => attachment.On(Toolset.Nft),
            _ => attachment.On(Toolset.Legacy),
        };
    }

    // Nothing to warn of: the family is no part of anything.
    private static void Quietly(PluginResult result) => Assert.Equal("", result.Succeeded().Output.Stderr);

    // Rules and elements of pods, whoever has them; what all share may stay.
    private static string LeftBehind(Node node) => string.Join('\n',
    [
        .. Tables.Elements(node),
        .. ((Toolset[])[Toolset.Nft, Toolset.Legacy]).SelectMany(toolset => node.Save(toolset, Family.IPv4).Split('\n'))
            .Where(static line => line.Contains("CNI-DN-", StringComparison.Ordinal)),
        .. node.Run("nft", "list", "table", "ip", "cni_hostport").Stdout.Split('\n')
            .Where(static line => line.Contains("dnat to", StringComparison.Ordinal)),
    ]);
}
