using Berth.Runtime.Tests.Ground;

namespace Berth.Runtime.Tests.Podman;

/// <summary>Podman runs the plugins first and binds the host's port itself afterwards, so a conflict is an ADD and a
/// DEL: the plugin sees the loser come and go.</summary>
public sealed class PortConflictTests : IClassFixture<PodmanEngine>, IDisposable
{
    private const string Refusing =
        """{"type":"portmap","capabilities":{"portMappings":true},"onConflict":"fail"}""";

    private readonly PodmanEngine _podman;

    public PortConflictTests(PodmanEngine podman)
    {
        _podman = podman;
        _podman.Require();
    }

    public void Dispose() => _podman.Dispose();

    [Fact]
    public void A_second_container_with_the_same_port_is_refused_by_Podman_after_ADD_and_is_taken_down_by_DEL()
    {
        _podman.Serve("first", "--publish=8080:80");
        using Recording recording = CniPlugins.Record();

        Ground.Command second = _podman.TryServe("second", "--publish=8080:80");

        Assert.NotEqual(0, second.ExitCode);
        Assert.Contains("address already in use", second.Stderr, StringComparison.Ordinal);
        _podman.Remove("second");
        Assert.Equal(["ADD", "DEL"], recording.Verbs);
        Assert.All(recording.Calls, c => Assert.Equal(0, c.ExitCode));

        _podman.Remove("first");
        CniState.AssertNothingIsLeft();
    }

    [Fact]
    public void A_container_keeps_its_port_through_a_reload_of_its_network_after_another_could_not_start()
    {
        _podman.Serve("first", "--publish=8080:80");
        _podman.TryServe("second", "--publish=8080:80");
        _podman.Remove("second");

        _podman.Succeed("network", "reload", "first");

        Assert.Equal("first", Client.Outside.Who("TCP", Node.First, 8080));
        _podman.Remove("first");
        CniState.AssertNothingIsLeft();
    }

    [Fact]
    public void A_container_keeps_its_port_when_another_with_the_same_port_cannot_start()
    {
        _podman.Serve("first", "--publish=8080:80");
        _podman.TryServe("second", "--publish=8080:80");
        _podman.Remove("second");

        Assert.Equal("first", Client.Outside.Who("TCP", Node.First, 8080));
        _podman.Remove("first");
        CniState.AssertNothingIsLeft();
    }

    [Fact]
    public void A_container_on_two_networks_is_reached_while_it_has_both()
    {
        _podman.Succeed("network", "create", "--subnet=10.90.0.0/24", "two");
        _podman.Serve("web", "--publish=8080:80");
        using Recording recording = CniPlugins.Record();

        _podman.Succeed("network", "connect", "two", "web");

        Assert.Equal("eth1", recording.Only("ADD").Environment["CNI_IFNAME"]);
        Assert.Equal("web", Client.Outside.Who("TCP", Node.First, 8080));
        _podman.Remove("web");
        Assert.Equal(["ADD", "DEL", "DEL"], recording.Verbs);
        CniState.AssertNothingIsLeft();
        _podman.Succeed("network", "rm", "two");
    }

    [Fact]
    public void A_container_is_reached_on_its_first_network_after_it_left_the_second()
    {
        _podman.Succeed("network", "create", "--subnet=10.90.0.0/24", "two");
        _podman.Serve("web", "--publish=8080:80");
        _podman.Succeed("network", "connect", "two", "web");
        _podman.Succeed("network", "disconnect", "two", "web");

        Assert.Equal("web", Client.Outside.Who("TCP", Node.First, 8080));
        _podman.Remove("web");
        CniState.AssertNothingIsLeft();
        _podman.Succeed("network", "rm", "two");
    }

    [Fact]
    public void With_onConflict_fail_a_second_container_is_told_the_holder_and_the_first_keeps_its_port()
    {
        using PodmanNetwork network = new(_podman, "own", "1.0.0", Refusing);
        _podman.Serve("first", "--network=own", "--publish=8080:80");
        string holder = _podman.Succeed("inspect", "--format={{.Id}}", "first");

        Ground.Command second = _podman.TryServe("second", "--network=own", "--publish=8080:80");

        Assert.NotEqual(0, second.ExitCode);
        Assert.Contains(holder[..12], second.Stderr, StringComparison.Ordinal);
        _podman.Remove("second");
        Assert.Equal("first", Client.Outside.Who("TCP", Node.First, 8080));
        _podman.Succeed("restart", "--time=0", "first");
        Assert.Equal("first", Client.Outside.Who("TCP", Node.First, 8080));
        _podman.Remove("first");
        CniState.AssertNothingIsLeft();
    }
}
