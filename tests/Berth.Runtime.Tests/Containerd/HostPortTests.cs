using Berth.Runtime.Tests.Containerd.Cri;
using Berth.Runtime.Tests.Ground;
using Grpc.Core;

namespace Berth.Runtime.Tests.Containerd;

public sealed class HostPortTests : IClassFixture<ContainerdDaemon>, IDisposable
{
    private readonly ContainerdDaemon _containerd;

    public HostPortTests(ContainerdDaemon containerd)
    {
        _containerd = containerd;
        _containerd.Require();
    }

    public void Dispose() => _containerd.RemoveAll();

    [Fact]
    public void A_pods_host_port_is_reached_from_outside_and_from_the_node_until_the_sandbox_stops()
    {
        Pod web = new Pod(_containerd, "web", Mapping(Protocol.Tcp, 8080), Mapping(Protocol.Udp, 8080)).Serve();

        foreach (string protocol in new[] { "TCP", "UDP" })
        {
            Assert.Equal($"web saw {Node.Outsider}", Client.Outside.Ask(protocol, Node.First, 8080));
            Assert.Equal($"web saw {Node.OutsiderIPv6}", Client.Outside.Ask(protocol, Node.FirstIPv6, 8080));
            Assert.Equal("web", Client.OnNode.Who(protocol, "127.0.0.1", 8080));
        }

        Assert.All(HostPorts.Comments, c => Assert.Contains("default/web", c, StringComparison.Ordinal));

        web.Stop();

        CniState.AssertNothingIsLeft();
        web.Stop();
        web.Remove();
        CniState.AssertNothingIsLeft();
    }

    // Kubernetes' conformance suite: "HostPort validates that there is no conflict between pods with same hostPort but
    // different hostIP and protocol".
    [Fact]
    public void Three_pods_have_one_host_port_under_different_addresses_and_protocols()
    {
        Pod first = new Pod(_containerd, "pod1", Mapping(Protocol.Tcp, 54323, "127.0.0.1")).Serve();
        Pod second = new Pod(_containerd, "pod2", Mapping(Protocol.Tcp, 54323, Node.First)).Serve();
        Pod third = new Pod(_containerd, "pod3", Mapping(Protocol.Udp, 54323, Node.First)).Serve();

        Assert.Equal("pod1", Client.OnNode.Who("TCP", "127.0.0.1", 54323));
        Assert.Equal("pod2", Client.OnNode.Who("TCP", Node.First, 54323));
        Assert.Equal("pod2", Client.Outside.Who("TCP", Node.First, 54323));
        Assert.Equal("pod3", Client.OnNode.Who("UDP", Node.First, 54323));
        Assert.Equal("pod3", Client.Outside.Who("UDP", Node.First, 54323));

        second.Remove();

        Assert.Equal("nobody", Client.Outside.AskOnce("TCP", Node.First, 54323));
        Assert.Equal("pod3", Client.Outside.Who("UDP", Node.First, 54323));
        Assert.Equal("pod1", Client.OnNode.Who("TCP", "127.0.0.1", 54323));
        first.Remove();
        third.Remove();
        CniState.AssertNothingIsLeft();
    }

    [Fact]
    public void A_new_pod_takes_the_host_port_while_the_old_one_still_terminates_and_keeps_it_afterwards()
    {
        Pod old = new Pod(_containerd, "old", Mapping(Protocol.Tcp, 8080)).Serve();
        Pod next = new Pod(_containerd, "next", Mapping(Protocol.Tcp, 8080)).Serve();

        Assert.Equal("next", Client.Outside.Who("TCP", Node.First, 8080));

        old.Remove();

        Assert.Equal("next", Client.Outside.Who("TCP", Node.First, 8080));
        next.Remove();
        CniState.AssertNothingIsLeft();
    }

    [Fact]
    public void A_mapping_without_host_port_never_reaches_the_plugin()
    {
        using Recording recording = CniPlugins.Record();
        Pod web = new(_containerd, "web", new PortMapping { ContainerPort = 80 });

        Assert.Null(recording.Only("ADD").Input["runtimeConfig"]?["portMappings"]);
        web.Remove();
        CniState.AssertNothingIsLeft();
    }

    // containerd's structure carries no names for JSON: Go's own are used, and an empty hostIP is said.
    [Fact]
    public void A_mapping_comes_with_capitals_and_an_empty_hostIP_and_is_served()
    {
        using Recording recording = CniPlugins.Record();
        Pod pod = new(_containerd, "pod", Mapping(Protocol.Sctp, 8080), Mapping(Protocol.Udp, 8080, "2001:DB8::1"));

        Assert.Equal(
            [
                """{"ContainerPort":80,"HostIP":"","HostPort":8080,"Protocol":"sctp"}""",
                """{"ContainerPort":80,"HostIP":"2001:DB8::1","HostPort":8080,"Protocol":"udp"}""",
            ],
            recording.Only("ADD").PortMappings);
        Assert.Equal(["2001:db8::1 udp 8080", "sctp 8080"], HostPorts.All);
        pod.Remove();
        Assert.Equal(["ADD", "DEL", "DEL"], recording.Verbs);
        CniState.AssertNothingIsLeft();
    }

    [Fact]
    public void A_sandbox_whose_port_mapping_is_refused_does_not_run_and_leaves_nothing()
    {
        using Recording recording = CniPlugins.Record();
        PortMapping[] ports = [Mapping(Protocol.Tcp, 8080), Mapping(Protocol.Tcp, 8081, "not-an-address")];

        RpcException refused = Assert.Throws<RpcException>(() => new Pod(_containerd, "web", ports));

        Assert.Contains("not-an-address", refused.Status.Detail, StringComparison.Ordinal);
        Assert.Contains("DEL", recording.Verbs);
        CniState.AssertNothingIsLeft();
    }

    private static PortMapping Mapping(Protocol protocol, int port, string address = "") =>
        new() { Protocol = protocol, ContainerPort = 80, HostPort = port, HostIp = address };
}
