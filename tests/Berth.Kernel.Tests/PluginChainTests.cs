using System.Net;
using System.Text.Json.Nodes;
using Berth.Kernel.Tests.Plugin;
using Berth.Kernel.Tests.Topology;

namespace Berth.Kernel.Tests;

/// <summary>The whole chain, as a runtime runs it: the distribution's <c>bridge</c> or <c>ptp</c> and
/// <c>host-local</c>, then <c>portmap</c>; DEL backwards, and nothing is left.</summary>
public sealed class PluginChainTests
{
    public static TheoryData<string, string> Networks { get; } = new()
    {
        { "bridge", """{ "bridge": "cni0", "isGateway": true, "hairpinMode": true }""" },
        { "bridge", """{ "bridge": "cni0", "isGateway": true, "hairpinMode": false }""" },
        { "bridge", """{ "bridge": "cni0", "isGateway": true, "promiscMode": true }""" },
        { "ptp", "{}" },
    };

    private static readonly PortMapping[] Mappings = [new(8080, 80), new(5353, 80, "udp")];

    [Theory]
    [MemberData(nameof(Networks))]
    public void A_pod_is_reached_from_outside_from_the_node_and_from_itself(string type, string keys)
    {
        using Node node = new();
        using PluginChain chain = new(node, type, keys);
        Host web = node.AddSandbox("web");

        JsonNode result = chain.Add(web, Mappings);
        web.Serve(80);
        chain.Check(web, Mappings);

        foreach (Family family in Enum.GetValues<Family>())
        {
            IPAddress gateway = Gateway(result, family);
            foreach ((Transport transport, int port) in new[] { (Transport.Tcp, 8080), (Transport.Udp, 5353) })
            {
                Assert.Equal(
                    Answer.From("web", Plan.Outside(family)),
                    node.Outside.Ask(transport, Plan.Node(family), port));
                Assert.Equal(Answer.From("web", Plan.Node(family)), node.Ask(transport, Plan.Node(family), port));
                Assert.Equal(Answer.From("web", gateway), web.Ask(transport, Plan.Node(family), port));
            }
        }

        Assert.Equal(
            Answer.From("web", Gateway(result, Family.IPv4)),
            node.Ask(Transport.Tcp, Plan.Loopback(Family.IPv4), 8080));
    }

    [Theory]
    [MemberData(nameof(Networks))]
    public void Two_pods_of_one_network_reach_each_other_through_the_node(string type, string keys)
    {
        using Node node = new();
        using PluginChain chain = new(node, type, keys);
        Host one = node.AddSandbox("one");
        Host two = node.AddSandbox("two");
        chain.Add(one, new PortMapping(8081, 80));
        chain.Add(two, new PortMapping(8082, 80));
        one.Serve(80);
        two.Serve(80);

        foreach (Family family in Enum.GetValues<Family>())
        {
            Assert.Equal("two", one.Ask(Transport.Tcp, Plan.Node(family), 8082).By);
            Assert.Equal("one", two.Ask(Transport.Tcp, Plan.Node(family), 8081).By);
        }
    }

    [Theory]
    [MemberData(nameof(Networks))]
    public void After_DEL_nothing_is_left(string type, string keys)
    {
        using Node node = new();
        using PluginChain chain = new(node, type, keys);
        Host web = node.AddSandbox("web");
        string[] before = Settings(node);
        chain.Add(web, Mappings);
        web.Serve(80);
        Assert.Equal("web", node.Outside.Ask(Transport.Tcp, Plan.Node(Family.IPv4), 8080).By);
        Assert.Equal(2, chain.Leases.Count);

        chain.Del(web, Mappings);

        Assert.Equal(Answer.Refused, node.Outside.Ask(Transport.Tcp, Plan.Node(Family.IPv4), 8080));
        Assert.Equal(Answer.Refused, node.Outside.Ask(Transport.Udp, Plan.Node(Family.IPv6), 5353));
        Assert.Empty(chain.Leases);
        Assert.Empty(Tables.SetsWithElements(node));
        Assert.Equal(0, Tables.CountOfPort(node, 8080) + Tables.CountOfPort(node, 5353));
        Assert.Equal(before, Settings(node));
        string left = node.Run("ip", "-br", "link").Succeeded("ip link");
        Assert.DoesNotContain("veth", left, StringComparison.Ordinal);
        if (type == "bridge")
        {
            Assert.Equal("0", node.Sysctl("net.ipv4.conf.cni0.route_localnet"));
        }
    }

    [Fact]
    public void A_restart_gives_the_port_to_the_new_pod_though_the_old_ones_DEL_comes_last()
    {
        using Node node = new();
        using PluginChain chain = new(node, "bridge", """{ "bridge": "cni0", "isGateway": true }""");
        Host old = node.AddSandbox("old");
        Host young = node.AddSandbox("young");
        chain.Add(old, Mappings);
        chain.Add(young, Mappings);
        old.Serve(80);
        young.Serve(80);

        chain.Del(old, Mappings);

        foreach (Family family in Enum.GetValues<Family>())
        {
            Assert.Equal("young", node.Outside.Ask(Transport.Tcp, Plan.Node(family), 8080).By);
            Assert.Equal("young", node.Outside.Ask(Transport.Udp, Plan.Node(family), 5353).By);
        }

        Assert.Equal("young", node.Ask(Transport.Tcp, Plan.Loopback(Family.IPv4), 8080).By);
    }

    private static IPAddress Gateway(JsonNode result, Family family) => result["ips"]!.AsArray()
        .Select(ip => IPAddress.Parse((string)ip!["gateway"]!))
        .First(gateway => gateway.ToString().Contains(':', StringComparison.Ordinal) == (family == Family.IPv6));

    /// <summary>What the plugin might leave changed of the links that were there before.</summary>
    private static string[] Settings(Node node) =>
    [
        .. new[] { "all", "default", "lo", "uplink", "cni1" }
            .Select(link => $"{link} {node.Sysctl($"net.ipv4.conf.{link}.route_localnet")}"),
        node.Sysctl("net.ipv4.ip_forward"),
        node.Sysctl("net.ipv6.conf.all.forwarding"),
    ];
}
