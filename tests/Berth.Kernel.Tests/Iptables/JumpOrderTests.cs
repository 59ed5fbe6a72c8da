using Berth.Kernel.Tests.Plugin;
using Berth.Kernel.Tests.Topology;

namespace Berth.Kernel.Tests.Iptables;

/// <summary>
/// Who answers where several containers' jumps in one flavour match: the newest of those who want the same, a network's conditions
/// before none, one address before any, whoever came first and whatever else they ask for.
/// </summary>
[Collection(Toolsets.LockHolders)]
public sealed class JumpOrderTests
{
    private static readonly PortMapping Web = new(8080, 80);

    /// <summary>Both flavours and families.</summary>
    public static MatrixTheoryData<Toolset, Family> Everything { get; } = new(Toolsets.All, [Family.IPv4, Family.IPv6]);

    [Theory]
    [MemberData(nameof(Everything))]
    public void Where_a_networks_conditions_hold_it_answers_whoever_came_first(Toolset toolset, Family family)
    {
        using Node node = new();
        Attachment some = Conditional(Serve(node, "some").Attachment.On(toolset) with { Network = "somenet" });
        Attachment all = Failing(Serve(node, "all").Attachment.On(toolset));

        some.Add(Web).Succeeded();
        all.Add(Web).Succeeded();
        AssertBoth();

        // A repeated ADD takes nothing either.
        all.Add(Web).Succeeded();
        AssertBoth();
        some.Check(Web).Succeeded();
        all.Check(Web).Succeeded();

        some.Del(Web).Succeeded();
        some.Add(Web).Succeeded();
        AssertBoth();

        // At one address as well.
        all.With("onConflict", "\"replace\"").Add(Web with { HostIP = $"{Plan.Node(family)}" }).Succeeded();
        AssertBoth();

        void AssertBoth()
        {
            Assert.Equal("some", node.Outside.Ask(Transport.Tcp, Plan.Node(family), 8080, from: Plan.OutsideSecond(family)).By);
            Assert.Equal("all", node.Outside.Ask(Transport.Tcp, Plan.Node(family), 8080).By);
        }
    }

    [Theory]
    [MemberData(nameof(Everything))]
    public void Two_networks_with_the_same_conditions_have_a_port_as_two_without_any(Toolset toolset, Family family)
    {
        using Node node = new();
        Attachment old = Conditional(Serve(node, "old").Attachment.On(toolset), "-s", "");
        Attachment young = Conditional(Serve(node, "young").Attachment.On(toolset) with { Network = "othernet" }, "--source", "");
        old.Add(Web).Succeeded();

        Assert.Contains(old.ContainerId[..12], Failing(young).Add(Web).Failed().ErrorText, StringComparison.Ordinal);
        Assert.Equal("old", node.Outside.Ask(Transport.Tcp, Plan.Node(family), 8080, from: Plan.OutsideSecond(family)).By);

        young.Add(Web).Succeeded();
        Assert.Equal("young", node.Outside.Ask(Transport.Tcp, Plan.Node(family), 8080, from: Plan.OutsideSecond(family)).By);
    }

    [Theory]
    [MemberData(nameof(Everything))]
    public void A_request_that_takes_one_port_leaves_the_address_of_another_to_its_holder(Toolset toolset, Family family)
    {
        using Node node = new();
        PortMapping atSecond = new(8081, 80) { HostIP = $"{Plan.NodeSecond(family)}" };
        Attachment any = Serve(node, "any").Attachment.On(toolset);
        Attachment one = Serve(node, "one").Attachment.On(toolset);
        Attachment young = Serve(node, "young").Attachment.On(toolset);
        any.Add(Web).Succeeded();
        one.Add(atSecond).Succeeded();
        string before = node.Save(toolset, family);

        Failing(young).Add(Web with { HostIP = $"{Plan.NodeSecond(family)}" }, new PortMapping(8081, 80)).Succeeded();

        Assert.Equal("any", Ask(Plan.Node(family), 8080));
        Assert.Equal("young", Ask(Plan.NodeSecond(family), 8080));
        Assert.Equal("young", Ask(Plan.Node(family), 8081));
        Assert.Equal("one", Ask(Plan.NodeSecond(family), 8081));
        young.Del().Succeeded();
        Assert.Equal(Sorted(before), Sorted(node.Save(toolset, family)));

        young.Add(Web, new PortMapping(8081, 80)).Succeeded();

        Assert.Equal("young", Ask(Plan.Node(family), 8080));
        Assert.Equal("young", Ask(Plan.Node(family), 8081));
        Assert.Equal("one", Ask(Plan.NodeSecond(family), 8081));
        Assert.All([any, one], a => a.Check(a == any ? Web : atSecond).Succeeded());

        string Ask(System.Net.IPAddress address, int port) => node.Outside.Ask(Transport.Tcp, address, port).By!;
    }

    [Theory]
    [MemberData(nameof(Everything))]
    public void What_no_order_can_give_everybody_is_refused_or_warned_of(Toolset toolset, Family family)
    {
        using Node node = new();
        string host = $"{Plan.NodeSecond(family)}";
        Attachment old = Serve(node, "old").Attachment.On(toolset);
        Attachment young = Serve(node, "young").Attachment.On(toolset);
        old.Add(Web, new PortMapping(8081, 80) { HostIP = host }).Succeeded();
        string before = node.Save(toolset);
        PortMapping[] crossed = [Web with { HostIP = host }, new PortMapping(8081, 80)];

        PluginResult refused = Failing(young).Add(crossed).Failed();
        Assert.Contains(old.ContainerId[..12], refused.ErrorText, StringComparison.Ordinal);
        Assert.Equal(before, node.Save(toolset));

        PluginResult warned = young.Add(crossed).Succeeded();
        Assert.Contains(old.ContainerId[..12], warned.Output.Stderr, StringComparison.Ordinal);
        Assert.Equal("young", node.Outside.Ask(Transport.Tcp, Plan.NodeSecond(family), 8080).By);
        Assert.Equal("old", node.Outside.Ask(Transport.Tcp, Plan.Node(family), 8080).By);
    }

    [Theory]
    [InlineData(Toolset.Nft)]
    [InlineData(Toolset.Legacy)]
    public void An_ADD_that_fails_puts_the_jumps_back_that_it_has_moved(Toolset toolset)
    {
        using Node node = new();
        Attachment[] holders = [.. Enumerable.Range(0, 4).Select(i => Serve(node, $"pod{i}").Attachment.On(toolset))];
        Attachment young = Serve(node, "young").Attachment.On(toolset);
        holders[0].Add(Web).Succeeded();
        holders[1].Add(new PortMapping(8082, 80)).Succeeded();
        holders[2].Add(new PortMapping(8081, 80) { HostIP = $"{Plan.NodeSecond(Family.IPv4)}" }).Succeeded();
        holders[3].Add(new PortMapping(8083, 80)).Succeeded();
        string before = node.Save(toolset);

        // The second family fails, after the first was changed.
        young.With("conditionsV6", """["--nonsense"]""").Add(Web, new PortMapping(8081, 80)).Failed();

        Assert.Equal(before, node.Save(toolset));
    }

    private static string[] Sorted(string text) => [.. text.Split('\n').Order(StringComparer.Ordinal)];

    private static Pod Serve(Node node, string name)
    {
        Pod pod = node.AddPod(name);
        pod.Serve(80);
        return pod;
    }

    [Theory]
    [MemberData(nameof(Everything))]
    public void Where_the_conditions_of_two_networks_hold_the_first_answers(Toolset toolset, Family family)
    {
        using Node node = new();
        Attachment any = Serve(node, "any").Attachment.On(toolset);
        Attachment old = Conditional(Serve(node, "old").Attachment.On(toolset) with { Network = "firstnet" });
        Attachment young = Conditional(Serve(node, "young").Attachment.On(toolset) with { Network = "secondnet" }, "-s", "/24", "/64");
        any.Add(new PortMapping(8081, 80)).Succeeded();
        old.Add(Web).Succeeded();

        // For its other port it has to stand before the first.
        young.Add(Web, new PortMapping(8081, 80)).Succeeded();

        Assert.Equal("old", Ask(8080));
        Assert.Equal("young", Ask(8081));

        string Ask(int port) => node.Outside.Ask(Transport.Tcp, Plan.Node(family), port, from: Plan.OutsideSecond(family)).By!;
    }

    [Theory]
    [MemberData(nameof(Everything))]
    public void A_pod_that_is_gone_keeps_nothing_by_its_conditions(Toolset toolset, Family family)
    {
        DirectoryInfo cache = Directory.CreateTempSubdirectory("cni-cache-");
        try
        {
            using Node node = new();
            Attachment gone = Conditional(Serve(node, "gone").Attachment.On(toolset) with { Network = "firstnet" });
            Attachment young = Serve(node, "young").Attachment.On(toolset).With("cacheDir", $"\"{cache.FullName}\"");
            gone.Add(Web).Succeeded();
            DirectoryInfo results = cache.CreateSubdirectory("results");
            File.WriteAllText(Path.Combine(results.FullName, "firstnet-another-eth0"), "{}");

            young.Add(Web).Succeeded();

            Assert.Equal("young", node.Outside.Ask(Transport.Tcp, Plan.Node(family), 8080, from: Plan.OutsideSecond(family)).By);
        }
        finally
        {
            cache.Delete(recursive: true);
        }
    }

    private static Attachment Conditional(
        Attachment attachment, string option = "-s", string lengthV4 = "/32", string lengthV6 = "/128") => attachment
        .With("conditionsV4", $"""["{option}", "{Plan.OutsideSecond(Family.IPv4)}{lengthV4}"]""")
        .With("conditionsV6", $"""["{option}", "{Plan.OutsideSecond(Family.IPv6)}{(lengthV4.Length == 0 ? "" : lengthV6)}"]""");

    private static Attachment Failing(Attachment attachment) => attachment.With("onConflict", "\"fail\"");
}
