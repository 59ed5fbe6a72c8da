using Berth.Kernel.Tests.Plugin;
using Berth.Kernel.Tests.Topology;

namespace Berth.Kernel.Tests;

/// <summary>The key <c>excludeDestinations</c> says where a network's host ports do not answer, and another's still
/// do.</summary>
public sealed class ExclusionTests
{
    private const string Addresses = """["198.51.100.1", "2001:db8:2::1"]""";
    private const string Networks = """["198.51.100.0/24", "2001:db8:2::/64"]""";

    public enum Key
    {
        Conditions,
        Exclusions,
    }

    public static MatrixTheoryData<Transport, Family, string> EverythingInBothForms { get; } =
        new([Transport.Tcp, Transport.Udp], [Family.IPv4, Family.IPv6], [Addresses, Networks]);

    public static MatrixTheoryData<Key, bool, Family> Changes { get; } =
        new(Enum.GetValues<Key>(), [false, true], Enum.GetValues<Family>());

    [Theory]
    [MemberData(nameof(EverythingInBothForms))]
    public void A_host_port_of_that_network_does_not_answer_there(Transport transport, Family family, string destinations)
    {
        using Node node = new();
        Pod web = AddServing(node, "web");
        node.ServeOn(Plan.NodeSecond(family), 8080);
        web.Attachment.With("excludeDestinations", destinations)
            .Add(PortMapping.Of(transport, 8080, 80), PortMapping.Of(transport, 8081, 80)).Succeeded();

        Assert.Equal("node", node.Outside.Ask(transport, Plan.NodeSecond(family), 8080).By);
        Assert.Equal("node", node.Ask(transport, Plan.NodeSecond(family), 8080).By);
        Assert.Equal(Answer.Refused, node.Outside.Ask(transport, Plan.NodeSecond(family), 8081));
        Assert.Equal("web", node.Outside.Ask(transport, Plan.Node(family), 8080).By);
        Assert.Equal("web", node.Ask(transport, Plan.Node(family), 8081).By);
    }

    [Theory]
    [MemberData(nameof(EverythingInBothForms))]
    public void A_host_port_of_another_network_does(Transport transport, Family family, string destinations)
    {
        using Node node = new();
        Pod web = AddServing(node, "web");
        Pod open = AddServing(node, "open");
        web.Attachment.With("excludeDestinations", destinations).Add(PortMapping.Of(transport, 8080, 80)).Succeeded();
        (open.Attachment with { Network = "opennet" }).Add(PortMapping.Of(transport, 8081, 80)).Succeeded();

        Assert.Equal("open", node.Outside.Ask(transport, Plan.NodeSecond(family), 8081).By);
        Assert.Equal(Answer.Refused, node.Outside.Ask(transport, Plan.NodeSecond(family), 8080));
    }

    [Theory]
    [MemberData(nameof(Cases.Families), MemberType = typeof(Cases))]
    public void Networks_that_overlap_are_one_exclusion(Family family)
    {
        using Node node = new();
        Pod web = AddServing(node, "web");
        Attachment attachment = web.Attachment.With(
            "excludeDestinations",
            """["198.51.0.0/16", "198.51.100.1", "198.51.100.0/24", "2001:db8:2::/64", "2001:db8:2::1", "2001:db8:2::/48"]""");

        attachment.Add(new PortMapping(8080, 80)).Succeeded();

        attachment.Check(new PortMapping(8080, 80)).Succeeded();
        Assert.Equal(Answer.Refused, node.Outside.Ask(Transport.Tcp, Plan.NodeSecond(family), 8080));
        Assert.Equal("web", node.Outside.Ask(Transport.Tcp, Plan.Node(family), 8080).By);
    }

    [Theory]
    [MemberData(nameof(Cases.Families), MemberType = typeof(Cases))]
    public void They_hold_beside_conditions_of_the_same_network(Family family)
    {
        using Node node = new();
        Pod web = AddServing(node, "web");
        With(web.Attachment, Key.Conditions).With("excludeDestinations", Addresses)
            .Add(new PortMapping(8080, 80)).Succeeded();

        Assert.Equal(
            "web", node.Outside.Ask(Transport.Tcp, Plan.Node(family), 8080, from: Plan.OutsideSecond(family)).By);
        Assert.Equal(
            Answer.Refused,
            node.Outside.Ask(Transport.Tcp, Plan.Node(family), 8080, from: Plan.Outside(family)));
        Assert.Equal(
            Answer.Refused,
            node.Outside.Ask(Transport.Tcp, Plan.NodeSecond(family), 8080, from: Plan.OutsideSecond(family)));
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public void Living_pods_go_on_when_their_networks_configuration_gets_or_loses_such_a_key(
        Key key, bool isLost, Family family)
    {
        using Node node = new();
        Pod old = AddServing(node, "old");
        Pod young = AddServing(node, "young");
        Attachment before = isLost ? With(old.Attachment, key) : old.Attachment;
        Attachment after = isLost ? young.Attachment : With(young.Attachment, key);
        before.Add(new PortMapping(8080, 80)).Succeeded();

        after.Add(new PortMapping(8081, 80)).Succeeded();
        AssertAnswer("old", 8080);
        AssertAnswer("young", 8081);

        after.Del(new PortMapping(8081, 80)).Succeeded();
        AssertAnswer("old", 8080);

        // By the configuration of now: it is no longer the one of its ADD.
        (old.Attachment with { Keys = after.Keys }).Del(new PortMapping(8080, 80)).Succeeded();
        Assert.Equal(Answer.Refused, Ask(8080));
        Assert.Equal(0, Tables.CountOfPort(node, 8080));

        void AssertAnswer(string name, int port) => Assert.Equal(name, Ask(port).By);
        Answer Ask(int port) =>
            node.Outside.Ask(Transport.Tcp, Plan.Node(family), port, from: Plan.OutsideSecond(family));
    }

    [Theory]
    [InlineData("""["198.51.100.0/33"]""", "excludeDestinations[0]")]
    [InlineData("""["198.51.100.1", "198.51.100.7/24"]""", "excludeDestinations[1]")]
    [InlineData("""["2001:db8:2::1/64"]""", "excludeDestinations[0]")]
    [InlineData("""["2001:db8:2::/129"]""", "excludeDestinations[0]")]
    [InlineData("""["services.example"]""", "excludeDestinations[0]")]
    [InlineData("""[""]""", "excludeDestinations[0]")]
    [InlineData("""[1]""", "excludeDestinations[0]")]
    [InlineData("\"198.51.100.1\"", "excludeDestinations")]
    public void What_is_no_destination_is_refused_by_name_and_nothing_is_changed(string json, string field)
    {
        using Node node = new();
        Pod web = AddServing(node, "web");

        PluginResult result = web.Attachment.With("excludeDestinations", json).Add(new PortMapping(8080, 80)).Failed();

        Assert.Contains(field, result.ErrorText, StringComparison.Ordinal);
        Assert.Equal(0, Tables.CountOfPort(node, 8080));
    }

    [Theory]
    [InlineData("backend", "\"iptables\"", "excludeDestinations", """["192.0.2.1"]""")]
    [InlineData("backend", "\"iptables\"", "excludeInterfaces", """["lb0"]""")]
    [InlineData("conditionsV4", """["-s", "198.51.100.0/24"]""", "excludeDestinations", """["192.0.2.1"]""")]
    [InlineData("markMasqBit", "14", "excludeInterfaces", """["lb0"]""")]
    [InlineData("externalSetMarkChain", "\"KUBE-MARK-MASQ\"", "excludeDestinations", """["2001:db8::1"]""")]
    public void Exclusions_where_iptables_serves_are_refused_by_every_verb_that_reads_them(
        string key, string json, string exclusion, string what)
    {
        using Node node = new();
        Pod web = AddServing(node, "web");
        Attachment attachment = (web.Attachment with { HasBackend = false }).With(key, json).With(exclusion, what);
        string before = node.Nft("list", "ruleset");

        foreach (PluginResult result in new[]
        {
            attachment.Add(new PortMapping(8080, 80)).Failed(), attachment.Check(new PortMapping(8080, 80)).Failed(),
            attachment.Status().Failed(),
        })
        {
            Assert.Contains(exclusion, result.ErrorText, StringComparison.Ordinal);
            Assert.Contains(key, result.ErrorText, StringComparison.Ordinal);
            Assert.Contains("\"nftables\"", result.ErrorText, StringComparison.Ordinal);
        }

        Assert.Equal(before, node.Nft("list", "ruleset"));
        attachment.Del(new PortMapping(8080, 80)).Succeeded();
        attachment.Gc().Succeeded();
    }

    [Fact]
    public void DEL_and_GC_succeed_with_what_is_no_destination()
    {
        using Node node = new();
        Pod web = AddServing(node, "web");
        web.Attachment.Add(new PortMapping(8080, 80)).Succeeded();
        Attachment broken = web.Attachment.With("excludeDestinations", """["nowhere"]""");

        broken.Gc(web.Attachment).Succeeded();
        Assert.Equal("web", node.Outside.Ask(Transport.Tcp, Plan.Node(Family.IPv4), 8080).By);
        broken.Del(new PortMapping(8080, 80)).Succeeded();

        Assert.Equal(0, Tables.CountOfPort(node, 8080));
    }

    private static Pod AddServing(Node node, string name)
    {
        Pod pod = node.AddPod(name);
        pod.Serve(80);
        return pod;
    }

    private static Attachment With(Attachment attachment, Key key) => key == Key.Exclusions
        ? attachment.With("excludeDestinations", Addresses)
        : attachment
            .With("conditionsV4", """["ip", "saddr", "!=", "192.0.2.0/24"]""")
            .With("conditionsV6", """["ip6", "saddr", "!=", "2001:db8:1::/64"]""");
}
