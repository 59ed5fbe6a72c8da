using System.Text.Json.Nodes;
using Berth.Runtime.Tests.Ground;

namespace Berth.Runtime.Tests.Podman;

/// <summary>What Podman's libcni says to the plugin, and what it accepts from it.</summary>
public sealed class ProtocolTests : IClassFixture<PodmanEngine>, IDisposable
{
    private readonly PodmanEngine _podman;

    public ProtocolTests(PodmanEngine podman)
    {
        _podman = podman;
        _podman.Require();
    }

    public void Dispose() => _podman.Dispose();

    [Fact]
    public void ADD_and_DEL_come_with_the_same_ports_and_the_chains_result()
    {
        using Recording recording = CniPlugins.Record();
        _podman.Serve(
            "web", "--publish=8080:80", "--publish=8080:80/udp", $"--publish={Node.First}:8081:80",
            "--publish=127.0.0.1:9000-9001:80-81");
        _podman.Remove("web");

        Assert.Equal(["ADD", "DEL"], recording.Verbs);
        RecordedCall add = recording.Only("ADD");
        RecordedCall del = recording.Only("DEL");
        Assert.Equal(
            [
                """{"containerPort":80,"hostIP":"127.0.0.1","hostPort":9000,"protocol":"tcp"}""",
                $$"""{"containerPort":80,"hostIP":"{{Node.First}}","hostPort":8081,"protocol":"tcp"}""",
                """{"containerPort":80,"hostPort":8080,"protocol":"tcp"}""",
                """{"containerPort":80,"hostPort":8080,"protocol":"udp"}""",
                """{"containerPort":81,"hostIP":"127.0.0.1","hostPort":9001,"protocol":"tcp"}""",
            ],
            add.PortMappings);
        Assert.Equal(add.PortMappings, del.PortMappings);
        Assert.Equal("0.4.0", (string)add.Input["cniVersion"]!);
        Assert.Equal("0.4.0", (string)add.Input["prevResult"]!["cniVersion"]!);
        Assert.Equal(("1", "web"), (add.Args["IgnoreUnknown"], add.Args["K8S_POD_NAME"]));
        Assert.False(add.Args.ContainsKey("K8S_POD_NAMESPACE"));
        Assert.True(del.Input["prevResult"] is not null);
        Assert.Equal(add.Environment["CNI_NETNS"], del.Environment["CNI_NETNS"]);
    }

    [Fact]
    public void Podman_checks_a_network_by_VERSION_with_placeholders_for_everything_else()
    {
        using PodmanNetwork network = new(_podman, "own", "1.0.0");
        using Recording recording = CniPlugins.Record();
        _podman.Serve("web", "--network=own", "--publish=8080:80");
        _podman.Remove("web");

        IReadOnlyDictionary<string, string> said = recording.Calls.First(c => c.Verb == "VERSION").Environment;
        Assert.Equal(("dummy", "dummy", ""), (said["CNI_NETNS"], said["CNI_IFNAME"], said["CNI_CONTAINERID"]));
        Assert.All(recording.Calls, c => Assert.Equal(0, c.ExitCode));
    }

    // Podman writes addresses its own way, and leaves out the one that means every IPv4 address.
    [Theory]
    [InlineData("0.0.0.0:8080:80", null, "tcp", "tcp 8080")]
    [InlineData("[::]:8080:80", "::", "tcp", "tcp 8080")]
    [InlineData("[2001:DB8:0::1]:8080:80", "2001:db8::1", "tcp", "2001:db8::1 tcp 8080")]
    [InlineData("[::ffff:192.0.2.1]:8080:80", "192.0.2.1", "tcp", "192.0.2.1 tcp 8080")]
    [InlineData("8080:80/UDP", null, "udp", "udp 8080")]
    [InlineData("8080:80/sctp", null, "sctp", "sctp 8080")]
    public void Every_way_to_write_a_published_port_becomes_a_host_port(
        string published, string? hostIP, string protocol, string made)
    {
        using PodmanNetwork network = new(_podman, "own", "1.0.0");
        using Recording recording = CniPlugins.Record();

        _podman.Serve("web", "--network=own", "--publish=" + published);

        JsonNode said = Assert.Single(recording.Only("ADD").Input["runtimeConfig"]!["portMappings"]!.AsArray())!;
        Assert.Equal((hostIP, protocol), ((string?)said["hostIP"], (string)said["protocol"]!));
        Assert.Equal([made], HostPorts.All);
        _podman.Remove("web");
        CniState.AssertNothingIsLeft();
    }

    [Theory]
    [InlineData("0.4.0")]
    [InlineData("1.0.0")]
    public void A_network_in_either_version_of_the_protocol_publishes_ports(string version)
    {
        using PodmanNetwork network = new(_podman, "own", version);
        using Recording recording = CniPlugins.Record();

        _podman.Serve("web", "--network=own", "--publish=8080:80", "--publish=8080:80/udp");

        Assert.Equal(version, (string)recording.Only("ADD").Input["cniVersion"]!);
        Assert.Equal($"web saw {Node.Outsider}", Client.Outside.Ask("TCP", Node.First, 8080));
        Assert.Equal($"web saw {Node.OutsiderIPv6}", Client.Outside.Ask("TCP", Node.FirstIPv6, 8080));
        Assert.Equal($"web saw {Node.OutsiderIPv6}", Client.Outside.Ask("UDP", Node.FirstIPv6, 8080));
        _podman.Remove("web");
        CniState.AssertNothingIsLeft();
    }

    [Fact]
    public void A_failed_ADD_is_the_containers_error_and_leaves_nothing()
    {
        const string Broken = """{"type":"portmap","capabilities":{"portMappings":true},"backend":"ebtables"}""";
        using PodmanNetwork network = new(_podman, "broken", "1.0.0", Broken);

        Ground.Command failed = _podman.TryServe("web", "--network=broken", "--publish=8080:80");

        Assert.NotEqual(0, failed.ExitCode);
        Assert.Contains("unrecognized backend \"ebtables\"", failed.Stderr, StringComparison.Ordinal);
        _podman.Remove("web");
        CniState.AssertNothingIsLeft();
    }

    [Fact]
    public void A_container_without_published_ports_passes_through()
    {
        using Recording recording = CniPlugins.Record();
        _podman.Serve("plain");
        _podman.Remove("plain");

        Assert.Null(recording.Only("ADD").Input["runtimeConfig"]?["portMappings"]);
        Assert.All(recording.Calls, c => Assert.Equal(0, c.ExitCode));
        CniState.AssertNothingIsLeft();
    }
}
