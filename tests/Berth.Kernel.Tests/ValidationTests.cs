using System.Text.Json.Nodes;
using Berth.Kernel.Tests.Iptables;
using Berth.Kernel.Tests.Plugin;
using Berth.Kernel.Tests.Topology;

namespace Berth.Kernel.Tests;

/// <summary>A request that cannot be fulfilled whole is refused before anything is touched.</summary>
public sealed class ValidationTests
{
    private static readonly PortMapping Good = new(8080, 80);


    [Theory]
    [InlineData(65536, 80, "tcp", null)]
    [InlineData(8081, 65536, "tcp", null)]
    [InlineData(73617, 80, "tcp", null)] // 8081 in 16 bits
    [InlineData(4294975377, 80, "tcp", null)] // 8081 in 32 bits
    [InlineData(0, 80, "tcp", null)]
    [InlineData(8081, 0, "tcp", null)]
    [InlineData(-1, 80, "tcp", null)]
    [InlineData(8081, -1, "tcp", null)]
    [InlineData(8081, 80, "icmp", null)]
    [InlineData(8081, 80, "tcp accept", null)]
    [InlineData(8081, 80, "tcp", "not-an-address")]
    [InlineData(8081, 80, "tcp", "192.0.2.256")]
    [InlineData(8081, 80, "tcp", "192.0.2.0/24")]
    [InlineData(8081, 80, "tcp", "2001:db8:::1")]
    public void A_bad_mapping_is_refused_with_its_value_and_nothing_is_changed(
        long hostPort, long containerPort, string? protocol, string? hostIP)
    {
        using Node node = new();
        Pod good = node.AddPod("good");
        Pod bad = node.AddBridge().AddPod("bad");
        good.Serve(80);
        good.Attachment.Add(Good).Succeeded();
        string before = node.Nft("-a", "list", "ruleset");

        PluginResult result = bad.Attachment.Add(new(9090, 80), new(hostPort, containerPort, protocol, hostIP)).Failed();

        Assert.Equal(before, node.Nft("-a", "list", "ruleset"));
        Assert.Equal("0", node.Sysctl("net.ipv4.conf.cni2.route_localnet"));
        Assert.Equal(Answer.Refused, node.Outside.Ask(Transport.Tcp, Plan.Node(Family.IPv4), 9090));
        Assert.Equal("good", node.Outside.Ask(Transport.Tcp, Plan.Node(Family.IPv4), 8080).By);
        string[] values = [$"{hostPort}", $"{containerPort}", protocol ?? string.Empty, hostIP ?? string.Empty];
        Assert.Contains(values, v => v.Length > 0 && result.ErrorText.Contains(v, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("nftables", "::1", "the IPv6 loopback address")]
    [InlineData("nftables", "fe80::1", "a link-local address")]
    [InlineData("nftables", "ff02::1", "a multicast address")]
    [InlineData("nftables", "224.0.0.1", "a multicast address")]
    [InlineData("iptables", "::1", "the IPv6 loopback address")]
    [InlineData("iptables", "fe80::1", "a link-local address")]
    public void A_host_address_that_can_never_be_a_host_ports_is_refused_with_the_reason(
        string backend, string hostIP, string reason)
    {
        using Node node = new();
        Attachment web = On(node.AddPod("web").Attachment, backend);

        PluginResult result = web.Add(Good, Good with { HostIP = hostIP }).Failed();

        Assert.Contains($"Invalid host IP: \"{hostIP}\": {reason}", result.ErrorText, StringComparison.Ordinal);
        Assert.Equal(string.Empty, node.Nft("list", "ruleset"));
    }

    [Theory]
    [InlineData("nftables")]
    [InlineData("iptables")]
    public void One_port_with_two_targets_in_a_request_is_refused_and_both_are_named(string backend)
    {
        using Node node = new();
        Attachment web = On(node.AddPod("web").Attachment, backend);

        PluginResult result = web.Add(new PortMapping(9090, 80), Good, Good with { ContainerPort = 81 }).Failed();

        Assert.Contains("tcp host port 8080", result.ErrorText, StringComparison.Ordinal);
        Assert.Contains("is mapped to container ports 80 and 81", result.ErrorText, StringComparison.Ordinal);
        Assert.Equal(string.Empty, node.Nft("list", "ruleset"));
    }

    [Theory]
    [InlineData("nftables", "")]
    [InlineData("nftables", "TCP")]
    [InlineData("nftables", null)]
    [InlineData("iptables", "")]
    [InlineData("iptables", "TCP")]
    [InlineData("iptables", null)]
    public void A_protocol_in_capitals_or_left_out_is_understood(string backend, string? protocol)
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        web.Serve(80);

        On(web.Attachment, backend).Add(new PortMapping(8080, 80, protocol)).Succeeded();

        Assert.Equal("web", node.Outside.Ask(Transport.Tcp, Plan.Node(Family.IPv4), 8080).By);
        Assert.Equal(Answer.Refused, node.Outside.Ask(Transport.Udp, Plan.Node(Family.IPv4), 8080));
    }

    [Theory]
    [InlineData("snat", "\"yes\"")]
    [InlineData("conditionsV4", "[\"-s\", \"192.0.2.0/24\"]")]
    [InlineData("externalSetMarkChain", "\"MARK\"")]
    public void A_configuration_that_nftables_cannot_honour_is_refused_and_nothing_is_made(string key, string json)
    {
        using Node node = new();
        Pod web = node.AddPod("web");

        web.Attachment.With(key, json).Add(Good).Failed();

        Assert.Equal(string.Empty, node.Nft("list", "ruleset"));
        Assert.Equal("0", node.Sysctl("net.ipv4.conf.cni1.route_localnet"));
    }

    [Theory]
    [InlineData("iptables", "conditionsV4", """["ip", "saddr", "192.0.2.0/24"]""")]
    [InlineData("iptables", "conditionsV6", """["ip6", "saddr", "2001:db8::/32"]""")]
    [InlineData("nftables", "conditionsV4", """["-s", "192.0.2.0/24"]""")]
    [InlineData("nftables", "conditionsV6", """["!", "-s", "2001:db8::/32"]""")]
    [InlineData("nftables", "externalSetMarkChain", "\"MARK\"")]
    [InlineData("x", "snat", "true")]
    public void A_backend_that_the_configuration_contradicts_is_refused_in_the_references_words(string backend, string key, string json)
    {
        using Node node = new();
        Attachment ours = On(node.AddPod("web").Attachment, backend).With(key, json);

        PluginResult refused = ours.Add(Good).Failed();

        PluginResult theirs = (ours with { Program = ReferencePortmap.Program }).Add(Good).Failed();
        Assert.Equal((string?)theirs.Json!["msg"], (string?)refused.Json!["msg"]);
        Assert.Contains("backend", (string?)refused.Json["msg"], StringComparison.Ordinal);
        Assert.Equal(string.Empty, node.Nft("list", "ruleset"));
    }

    /// <summary>Keys of the configuration, and values for them, that the reference accepts.</summary>
    public static TheoryData<string, string> Accepted { get; } = new()
    {
        { "backend", "null" },
        { "Backend", "\"iptables\"" },
        { "snat", "null" },
        { "SNAT", "false" },
        { "masqAll", "null" },
        { "masqAll", "false" },
        { "markMasqBit", "null" },
        { "markMasqBit", "0" },
        { "markMasqBit", "31" },
        { "externalSetMarkChain", "null" },
        { "conditionsV4", "null" },
        { "conditionsV4", "[]" },
        { "conditionsV6", "[]" },
        { "conditionsV4", """["-s", "192.0.2.0/24"]""" },
        { "conditionsV4", """["ip saddr != 192.0.2.0/24"]""" },
        { "conditionsV6", """["ip6", "saddr", "!=", "{ 2001:db8:9::/48, 2001:db8:8::1 }"]""" },
        { "args", """{"cni":{"labels":[]}}""" },
        { "somethingElse", "[1.5, {}]" },
    };

    [Theory]
    [MemberData(nameof(Accepted))]
    public void What_the_reference_accepts_is_accepted_without_a_word(string key, string json)
    {
        using Node node = new();
        Pod web = node.AddPod("web");

        // With conditions of nft it wants its backend to be named.
        bool hasBackend = json.Contains("saddr", StringComparison.Ordinal);
        Attachment ours = (web.Attachment with { HasBackend = hasBackend, SearchPath = Toolset.Nft.SearchPath() }).With(key, json);
        Attachment theirs = ours with { Program = ReferencePortmap.Program, ContainerId = "theirs" };
        PortMapping[] odd = [Good, Good, Good with { HostIP = "" }, new(8081, 80, "TCP"), new(8082, 80, "udp", "0.0.0.0")];
        theirs.Add(Good).Succeeded();
        theirs.Del(Good).Succeeded();

        Assert.Equal("", ours.Add(odd).Succeeded().Output.Stderr);
        Assert.Equal("", ours.Check(odd).Succeeded().Output.Stderr);
        Assert.Equal("", ours.Del(odd).Succeeded().Output.Stderr);
    }

    [Fact]
    public void Text_in_names_reaches_no_ruleset_as_syntax()
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        web.Serve(80);
        Attachment odd = web.Attachment with { Args = "K8S_POD_NAMESPACE=a;K8S_POD_NAME=b\" } table ip evil { }" };

        PluginResult result = odd.Add(Good);

        Assert.DoesNotContain(Tables.All(node), t => t.EndsWith("evil", StringComparison.Ordinal));
        Assert.Equal(result.Output.ExitCode == 0 ? "web" : "refused",
            node.Outside.Ask(Transport.Tcp, Plan.Node(Family.IPv4), 8080).By);
    }

    [Theory]
    [InlineData(65536, 80, "tcp", null)]
    [InlineData(0, 0, "tcp", null)]
    [InlineData(8080, 80, "", null)]
    [InlineData(8080, 80, "tcp", "not-an-address")]
    public void DEL_succeeds_whatever_the_mapping_says_and_takes_what_is_the_owners(
        long hostPort, long containerPort, string protocol, string? hostIP)
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        web.Serve(80);
        web.Attachment.Add(Good).Succeeded();

        web.Attachment.Del(new PortMapping(hostPort, containerPort, protocol, hostIP)).Succeeded();

        Assert.Equal(Answer.Refused, node.Outside.Ask(Transport.Tcp, Plan.Node(Family.IPv4), 8080));
        Assert.Equal(Answer.Refused, node.Outside.Ask(Transport.Tcp, Plan.Node(Family.IPv6), 8080));
    }

    [Fact]
    public void Without_port_mappings_ADD_hands_the_result_on_and_makes_nothing()
    {
        using Node node = new();
        Pod web = node.AddPod("web");

        JsonNode printed = web.Attachment.Add().Succeeded().Json!;

        Assert.Equal($"{web.Address(Family.IPv4)}/24", (string?)printed["ips"]![0]!["address"]);
        Assert.Equal(string.Empty, node.Nft("list", "ruleset"));
        Assert.Equal("0", node.Sysctl("net.ipv4.conf.cni1.route_localnet"));
    }

    [Theory]
    [InlineData(null, false, "IPv4 or IPv6")]
    [InlineData("192.0.2.1", false, "IPv4")]
    [InlineData("2001:db8:1::1", true, "IPv6")]
    public void A_mapping_that_no_address_of_the_pod_can_serve_is_a_warning(string? hostIP, bool hasIPv4, string family)
    {
        using Node node = new();
        Attachment web = node.AddPod("web").Attachment;

        PluginResult result = (web with { IPv4 = hasIPv4 ? web.IPv4 : null, IPv6 = null })
            .Add(new PortMapping(8080, 80, "tcp", hostIP)).Succeeded();

        Assert.Equal(
            $"portmap: host port 8080 leads nowhere: prevResult gives the pod no {family} address\n", result.Output.Stderr);
        Assert.Equal(0, Tables.CountOfPort(node, 8080));
    }

    private static Attachment On(Attachment attachment, string backend) =>
        attachment.With("backend", $"\"{backend}\"") with { SearchPath = Toolset.Nft.SearchPath() };
}
