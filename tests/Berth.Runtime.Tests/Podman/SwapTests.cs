using Berth.Runtime.Tests.Ground;

namespace Berth.Runtime.Tests.Podman;

/// <summary>The file is replaced under running containers.</summary>
public sealed class SwapTests : IClassFixture<PodmanEngine>, IDisposable
{
    private readonly PodmanEngine _podman;

    public SwapTests(PodmanEngine podman)
    {
        _podman = podman;
        _podman.Require();
    }

    public void Dispose()
    {
        CniPlugins.UsePublished();
        _podman.Dispose();
        Ground.Command.Succeed("nft", "flush", "ruleset");
    }

    [Fact]
    public void Containers_of_the_reference_plugin_are_reached_beside_new_ones_and_removed_without_an_error()
    {
        CniPlugins.UseReference();
        _podman.Serve("old", "--publish=8080:80");
        Assert.Equal("old", Client.Outside.Who("TCP", Node.First, 8080));

        CniPlugins.UsePublished();
        _podman.Serve("new", "--publish=8081:80");

        Assert.Equal("old", Client.Outside.Who("TCP", Node.First, 8080));
        Assert.Equal("new", Client.Outside.Who("TCP", Node.First, 8081));

        _podman.Remove("old");

        Assert.Equal("new", Client.Outside.Who("TCP", Node.First, 8081));
        _podman.Remove("new");
        CniState.AssertNothingIsLeft();
    }

    [Fact]
    public void Nothing_of_the_reference_plugins_rules_is_left_after_the_container_is_removed()
    {
        CniPlugins.UseReference();
        _podman.Serve("old", "--publish=8080:80");
        CniPlugins.UsePublished();
        Assert.Contains("CNI-DN-", Ground.Command.Succeed("iptables-save"), StringComparison.Ordinal);

        _podman.Remove("old");

        Assert.DoesNotContain("CNI-DN-", Ground.Command.Succeed("iptables-save"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_restart_moves_a_container_from_the_reference_plugin_to_Berth()
    {
        CniPlugins.UseReference();
        _podman.Serve("web", "--publish=8080:80");
        CniPlugins.UsePublished();

        _podman.Succeed("restart", "--time=0", "web");

        Assert.Equal(["tcp 8080"], HostPorts.All);
        Assert.Equal("web", Client.Outside.Who("TCP", Node.First, 8080));
        _podman.Remove("web");
        CniState.AssertNothingIsLeft();
    }

    [Fact]
    public void The_way_back_strands_only_what_one_line_removes()
    {
        _podman.Serve("web", "--publish=8080:80");
        CniPlugins.UseReference();
        _podman.Remove("web");
        Assert.Equal(["tcp 8080"], HostPorts.All);

        Ground.Command.Succeed("nft", "delete", "table", "ip", "berth");

        _podman.Serve("web", "--publish=8080:80");
        Assert.Equal("web", Client.Outside.Who("TCP", Node.First, 8080));
        _podman.Remove("web");
        Assert.Empty(HostPorts.Remains);
    }
}
