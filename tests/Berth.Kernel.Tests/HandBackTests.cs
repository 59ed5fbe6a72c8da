using Berth.Kernel.Tests.Plugin;
using Berth.Kernel.Tests.Topology;

namespace Berth.Kernel.Tests;

/// <summary>A port that a newer pod took goes back when that one leaves.</summary>
public sealed class HandBackTests
{
    private static readonly PortMapping Web = new(8080, 80);

    [Theory]
    [MemberData(nameof(Cases.Everything), MemberType = typeof(Cases))]
    public void When_the_newer_pod_goes_the_older_one_is_reached_again(Transport transport, Family family)
    {
        using Node node = new();
        Pod old = Serving(node, "old");
        Pod young = Serving(node, "young");
        PortMapping mapping = PortMapping.Of(transport, 8080, 80);
        old.Attachment.Add(mapping).Succeeded();
        string[] before = Tables.Elements(node);
        young.Attachment.Add(mapping).Succeeded();
        Assert.Equal("young", node.Outside.Ask(transport, Plan.Node(family), 8080).By);

        young.Attachment.Del(mapping).Succeeded();

        Assert.Equal("old", node.Outside.Ask(transport, Plan.Node(family), 8080).By);
        old.Attachment.Check(mapping).Succeeded();
        // All but a mark that a link was shared, which no DEL takes back while it has somebody.
        Assert.Equal(before, Tables.Elements(node).Where(static element => !element.Contains(" shared_links ", StringComparison.Ordinal)));
        old.Attachment.Del(mapping).Succeeded();
        Assert.Empty(Tables.SetsWithElements(node));
    }

    [Theory]
    [InlineData("young middle", "old")]
    [InlineData("middle young", "old")]
    [InlineData("middle", "young")]
    [InlineData("young", "middle")]
    [InlineData("old young", "middle")]
    [InlineData("old middle young", null)]
    [InlineData("young old middle", null)]
    public void Of_several_former_owners_the_last_one_that_is_still_there_gets_it(string leaving, string? expected)
    {
        using Node node = new();
        Dictionary<string, Pod> pods = new[] { "old", "middle", "young" }.ToDictionary(name => name, name => Serving(node, name));
        foreach (Pod pod in pods.Values)
        {
            pod.Attachment.Add(Web).Succeeded();
        }

        foreach (string name in leaving.Split(' '))
        {
            pods[name].Attachment.Del(Web).Succeeded();
        }

        Assert.Equal(
            expected is null ? Answer.Refused : Answer.From(expected, Plan.Outside(Family.IPv4)),
            node.Outside.Ask(Transport.Tcp, Plan.Node(Family.IPv4), 8080));
        foreach (Pod pod in pods.Values)
        {
            pod.Attachment.Del().Succeeded();
        }

        Assert.Empty(Tables.SetsWithElements(node));
    }

    [Theory]
    [MemberData(nameof(Cases.Families), MemberType = typeof(Cases))]
    public void A_range_is_whole_again_when_those_who_took_parts_of_it_are_gone(Family family)
    {
        using Node node = new();
        Pod media = node.AddPod("media");
        foreach (int port in new[] { 20000, 20100, 20150, 20200, 20299 })
        {
            media.Serve(port, $"media-{port}");
        }

        Pod single = Serving(node, "single");
        Pod part = node.AddPod("part");
        part.Serve(20200);
        PortMapping range = PortMapping.Range(Transport.Udp, 20000, 20299);
        media.Attachment.Add(range).Succeeded();
        single.Attachment.Add(PortMapping.Of(Transport.Udp, 20150, 80)).Succeeded();
        part.Attachment.Add(PortMapping.Range(Transport.Udp, 20100, 20399)).Succeeded();
        Assert.Equal("part", node.Outside.Ask(Transport.Udp, Plan.Node(family), 20200).By);

        part.Attachment.Del().Succeeded();
        Assert.Equal("single", node.Outside.Ask(Transport.Udp, Plan.Node(family), 20150).By);
        Assert.Equal("media-20200", node.Outside.Ask(Transport.Udp, Plan.Node(family), 20200).By);
        Assert.Equal(Answer.Refused, node.Outside.Ask(Transport.Udp, Plan.Node(family), 20300));

        single.Attachment.Del().Succeeded();
        foreach (int port in new[] { 20000, 20100, 20150, 20200, 20299 })
        {
            Assert.Equal($"media-{port}", node.Outside.Ask(Transport.Udp, Plan.Node(family), port).By);
        }

        media.Attachment.Check(range).Succeeded();
        media.Attachment.Del(range).Succeeded();
        Assert.Empty(Tables.SetsWithElements(node));
    }

    [Fact]
    public void GC_gives_back_what_the_dead_took_and_nothing_to_the_dead()
    {
        using Node node = new();
        Pod old = Serving(node, "old");
        Pod dead = Serving(node, "dead");
        Pod deader = Serving(node, "deader");
        foreach (Pod pod in new[] { old, dead, deader })
        {
            pod.Attachment.Add(Web).Succeeded();
        }

        old.Attachment.Gc(old.Attachment).Succeeded();

        Assert.Equal("old", node.Outside.Ask(Transport.Tcp, Plan.Node(Family.IPv4), 8080).By);
        Assert.Equal("old", node.Outside.Ask(Transport.Tcp, Plan.Node(Family.IPv6), 8080).By);
        old.Attachment.Check(Web).Succeeded();
        old.Attachment.Gc().Succeeded();
        Assert.Empty(Tables.SetsWithElements(node));
    }

    [Fact]
    public void CHECK_of_the_former_owner_names_the_present_one()
    {
        using Node node = new();
        Attachment old = Serving(node, "old").Attachment;
        Attachment young = Serving(node, "young").Attachment;
        old.Add(Web).Succeeded();
        young.Add(Web).Succeeded();

        Assert.Contains("tcp port 8080 belongs to young-012345@podnet", old.Check(Web).Failed().ErrorText, StringComparison.Ordinal);
    }

    [Fact]
    public void An_ADD_that_no_longer_wants_the_port_gives_it_back()
    {
        using Node node = new();
        Pod old = Serving(node, "old");
        Pod young = Serving(node, "young");
        old.Attachment.Add(Web).Succeeded();
        young.Attachment.Add(Web).Succeeded();

        young.Attachment.Add(new PortMapping(8081, 80)).Succeeded();

        Assert.Equal("old", node.Outside.Ask(Transport.Tcp, Plan.Node(Family.IPv4), 8080).By);
        Assert.Equal("young", node.Outside.Ask(Transport.Tcp, Plan.Node(Family.IPv4), 8081).By);
    }

    [Fact]
    public void A_repeated_ADD_remembers_whose_the_port_was()
    {
        using Node node = new();
        Pod old = Serving(node, "old");
        Pod young = Serving(node, "young");
        old.Attachment.Add(Web).Succeeded();
        young.Attachment.Add(Web).Succeeded();
        string before = node.Nft("list", "ruleset");
        young.Attachment.Add(Web).Succeeded();
        Assert.Equal(before, node.Nft("list", "ruleset"));

        young.Attachment.Del(Web).Succeeded();

        Assert.Equal("old", node.Outside.Ask(Transport.Tcp, Plan.Node(Family.IPv4), 8080).By);
    }

    [Fact]
    public void What_goes_back_has_its_own_policy_again()
    {
        using Node node = new();
        node.Serve(8080, "process");
        Pod old = Serving(node, "old");
        Pod young = Serving(node, "young");
        Attachment bare = old.Attachment.With("snat", "false");
        bare.Add(Web).Succeeded();
        Assert.Equal("process", node.Ask(Transport.Tcp, Plan.Loopback(Family.IPv4), 8080).By);
        young.Attachment.Add(Web).Succeeded();
        Assert.Equal("young", node.Ask(Transport.Tcp, Plan.Loopback(Family.IPv4), 8080).By);

        young.Attachment.Del(Web).Succeeded();

        Assert.Equal("process", node.Ask(Transport.Tcp, Plan.Loopback(Family.IPv4), 8080).By);
        Assert.Equal("old", node.Outside.Ask(Transport.Tcp, Plan.Node(Family.IPv4), 8080).By);
        bare.Check(Web).Succeeded();
        bare.Del(Web).Succeeded();
        Assert.Empty(Tables.SetsWithElements(node));
    }

    [Fact]
    public void A_network_with_conditions_gives_back_too()
    {
        using Node node = new();
        Pod old = Serving(node, "old");
        Pod young = Serving(node, "young");
        Attachment Narrow(Pod pod) => (pod.Attachment with { Network = "narrow", IPv6 = null })
            .With("conditionsV4", "[\"ip\", \"saddr\", \"192.0.2.0/24\"]");
        PortMapping at = Web with { HostIP = "192.0.2.1" };
        Narrow(old).Add(Web, at).Succeeded();
        Narrow(young).Add(Web, at).Succeeded();
        Assert.Equal("young", node.Outside.Ask(Transport.Tcp, Plan.Node(Family.IPv4), 8080).By);

        Narrow(young).Del().Succeeded();

        Assert.Equal("old", node.Outside.Ask(Transport.Tcp, Plan.Node(Family.IPv4), 8080).By);
        Narrow(old).Check(Web, at).Succeeded();
        Narrow(old).Del().Succeeded();
        Assert.Empty(Tables.SetsWithElements(node));
    }

    [Fact]
    public void A_UDP_flow_goes_with_the_port()
    {
        using Node node = new();
        Pod old = Serving(node, "old");
        Pod young = Serving(node, "young");
        PortMapping mapping = PortMapping.Of(Transport.Udp, 8080, 80);
        old.Attachment.Add(mapping).Succeeded();
        using Flow flow = node.Outside.OpenUdpFlow(Plan.Node(Family.IPv4), 8080);
        Assert.Equal("old", flow.Ask().By);
        young.Attachment.Add(mapping).Succeeded();
        Assert.Equal("young", flow.Ask().By);

        young.Attachment.Del(mapping).Succeeded();

        Assert.Equal("old", flow.Ask().By);
    }

    [Fact]
    public void A_listing_that_is_loaded_again_still_knows_whose_the_port_was()
    {
        using Node node = new();
        Pod old = Serving(node, "old");
        Pod young = Serving(node, "young");
        old.Attachment.Add(Web, PortMapping.Range(Transport.Udp, 20000, 20999)).Succeeded();
        young.Attachment.Add(Web, PortMapping.Range(Transport.Udp, 20500, 20999)).Succeeded();
        string ruleset = node.Nft("list", "ruleset");
        Assert.SkipUnless(ConcatenatedRanges.AreLoaded(node), ConcatenatedRanges.Refused);

        node.NftApply("flush ruleset\n" + ruleset);

        Assert.Equal(ruleset, node.Nft("list", "ruleset"));
        young.Attachment.Del(Web, PortMapping.Range(Transport.Udp, 20500, 20999)).Succeeded();
        Assert.Equal("old", node.Outside.Ask(Transport.Tcp, Plan.Node(Family.IPv4), 8080).By);
        Assert.Contains("udp . 20000-20999 comment", node.Nft("list", "map", "ip", "berth", "ranges"), StringComparison.Ordinal);
    }

    private static Pod Serving(Node node, string name)
    {
        Pod pod = node.AddPod(name);
        pod.Serve(80);
        return pod;
    }
}
