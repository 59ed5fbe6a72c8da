using Berth.Runtime.Tests.Ground;

namespace Berth.Runtime.Tests.Podman;

public sealed class PublishedPortTests : IClassFixture<PodmanEngine>, IDisposable
{
    private readonly PodmanEngine _podman;

    public PublishedPortTests(PodmanEngine podman)
    {
        _podman = podman;
        _podman.Require();
    }

    // Each test removes its containers itself; what a failed one leaves must not fail the next.
    public void Dispose() => _podman.Dispose();

    [Fact]
    public void A_port_published_over_TCP_and_UDP_is_reached_until_the_container_is_removed()
    {
        _podman.Serve("web", "--publish=8080:80", "--publish=8080:80/udp");

        Assert.Equal(["tcp 8080", "udp 8080"], HostPorts.All);
        foreach (string protocol in new[] { "TCP", "UDP" })
        {
            Assert.Equal($"web saw {Node.Outsider}", Client.Outside.Ask(protocol, Node.First, 8080));
            Assert.Equal("web", Client.OnNode.Who(protocol, "127.0.0.1", 8080));
            Assert.Equal("web", Client.OnNode.Who(protocol, Node.First, 8080));
        }

        _podman.Remove("web");

        CniState.AssertNothingIsLeft();
        Assert.Equal("nobody", Client.Outside.AskOnce("TCP", Node.First, 8080));
    }

    [Fact]
    public void A_container_reaches_itself_and_its_neighbour_through_the_nodes_port()
    {
        _podman.Serve("web", "--publish=8080:80");
        _podman.Serve("neighbour");

        foreach (string container in new[] { "web", "neighbour" })
        {
            string ask = $"echo | socat -t 5 - TCP4:{Node.First}:8080,retry=20,interval=0.1";
            string answer = _podman.Succeed("exec", container, "/bin/sh", "-c", ask);
            Assert.StartsWith("web ", answer, StringComparison.Ordinal);
        }

        _podman.Remove("web", "neighbour");
        CniState.AssertNothingIsLeft();
    }

    [Fact]
    public void One_port_on_two_host_addresses_belongs_to_two_containers()
    {
        _podman.Serve("first", $"--publish={Node.First}:8080:80");
        _podman.Serve("second", $"--publish={Node.Second}:8080:80");

        Assert.Equal([$"{Node.First} tcp 8080", $"{Node.Second} tcp 8080"], HostPorts.All);
        Assert.Equal("first", Client.Outside.Who("TCP", Node.First, 8080));
        Assert.Equal("second", Client.Outside.Who("TCP", Node.Second, 8080));

        _podman.Remove("first");

        Assert.Equal("nobody", Client.Outside.AskOnce("TCP", Node.First, 8080));
        Assert.Equal("second", Client.Outside.Who("TCP", Node.Second, 8080));

        _podman.Remove("second");
        CniState.AssertNothingIsLeft();
    }

    [Fact]
    public void A_restarted_container_is_reached_at_its_new_address()
    {
        _podman.Serve("web", "--publish=8080:80");
        string before = Address("web");
        Assert.Equal("web", Client.Outside.Who("TCP", Node.First, 8080));

        _podman.Succeed("restart", "--time=0", "web");

        Assert.NotEqual(before, Address("web"));
        Assert.Equal("web", Client.Outside.Who("TCP", Node.First, 8080));

        _podman.Remove("web");
        CniState.AssertNothingIsLeft();
    }

    [Fact]
    public void A_stopped_container_holds_no_port_and_a_started_one_has_it_again()
    {
        _podman.Serve("web", "--publish=8080:80");
        _podman.Succeed("stop", "--time=0", "web");

        CniState.AssertNothingIsLeft();

        _podman.Succeed("start", "web");

        Assert.Equal("web", Client.Outside.Who("TCP", Node.First, 8080));
        _podman.Remove("web");
        CniState.AssertNothingIsLeft();
    }

    [Fact]
    public void A_pods_ports_lead_to_whichever_of_its_containers_listens()
    {
        _podman.Succeed(
            "pod", "create", "--name=pod", "--infra-image=" + PodmanEngine.Image, "--infra-command=/bin/sleep 1000",
            "--publish=8080:80", "--publish=9000-9009:9000-9009/udp");
        _podman.Succeed("run", "--detach", "--pod=pod", "--name=member", PodmanEngine.Image, "/bin/serve", "member");

        Assert.Equal("member", Client.Outside.Who("TCP", Node.First, 8080));
        Assert.Equal(["tcp 8080", .. Enumerable.Range(9000, 10).Select(p => $"udp {p}")], HostPorts.All);

        _podman.Succeed("pod", "stop", "--time=0", "pod");
        CniState.AssertNothingIsLeft();
        _podman.Succeed("pod", "start", "pod");

        Assert.Equal("member", Client.Outside.Who("TCP", Node.First, 8080));

        _podman.Succeed("pod", "rm", "--force", "--time=0", "pod");
        CniState.AssertNothingIsLeft();
    }

    [Fact]
    public void Published_ports_come_back_after_a_firewall_reload_took_every_rule()
    {
        _podman.Serve("web", "--publish=8080:80");
        Assert.Equal("web", Client.Outside.Who("TCP", Node.First, 8080));
        Ground.Command.Succeed("nft", "flush", "ruleset");
        Assert.Equal("nobody", Client.Outside.AskOnce("TCP", Node.First, 8080));

        _podman.Succeed("network", "reload", "web");

        Assert.Equal("web", Client.Outside.Who("TCP", Node.First, 8080));
        _podman.Remove("web");
        CniState.AssertNothingIsLeft();
    }

    private string Address(string container) =>
        _podman.Succeed("inspect", "--format={{.NetworkSettings.IPAddress}}", container);
}
