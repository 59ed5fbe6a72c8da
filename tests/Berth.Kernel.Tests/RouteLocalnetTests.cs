using Berth.Kernel.Tests.Plugin;
using Berth.Kernel.Tests.Topology;

namespace Berth.Kernel.Tests;

/// <summary><c>route_localnet</c> opens 127.0.0.0/8 on a link: only where a mapping needs it, and only as long.</summary>
public sealed class RouteLocalnetTests
{
    private static readonly PortMapping Web = new(8080, 80);

    [Fact]
    public void It_is_set_on_the_link_to_the_pod_alone_and_put_back_by_the_last_DEL()
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        Bridge other = node.AddBridge();

        web.Attachment.Add(Web).Succeeded();
        Assert.Equal("1", RouteLocalnet(node, node.Bridge.Name));
        Assert.Equal("0", RouteLocalnet(node, other.Name));
        Assert.Equal("0", RouteLocalnet(node, "uplink"));
        Assert.Equal("0", RouteLocalnet(node, "all"));
        Assert.Equal("0", RouteLocalnet(node, "default"));

        web.Attachment.Del(Web).Succeeded();
        Assert.Equal("0", RouteLocalnet(node, node.Bridge.Name));
    }

    [Fact]
    public void It_stays_while_another_pod_on_that_link_needs_it()
    {
        using Node node = new();
        Pod one = node.AddPod("one");
        Pod two = node.AddPod("two");
        two.Serve(80);
        one.Attachment.Add(Web).Succeeded();
        two.Attachment.Add(new PortMapping(8081, 80)).Succeeded();

        one.Attachment.Del(Web).Succeeded();
        Assert.Equal("1", RouteLocalnet(node, node.Bridge.Name));
        Assert.Equal("two", node.Ask(Transport.Tcp, Plan.Loopback(Family.IPv4), 8081).By);

        two.Attachment.Del(new PortMapping(8081, 80)).Succeeded();
        Assert.Equal("0", RouteLocalnet(node, node.Bridge.Name));
    }

    [Fact]
    public void Links_are_counted_apart()
    {
        using Node node = new();
        Pod one = node.AddPod("one");
        Bridge other = node.AddBridge();
        Pod two = other.AddPod("two");
        one.Attachment.Add(Web).Succeeded();
        two.Attachment.Add(new PortMapping(8081, 80)).Succeeded();

        one.Attachment.Del(Web).Succeeded();

        Assert.Equal("0", RouteLocalnet(node, node.Bridge.Name));
        Assert.Equal("1", RouteLocalnet(node, other.Name));
    }

    [Fact]
    public void A_former_1_stays_1()
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        node.SetSysctl($"net.ipv4.conf.{node.Bridge.Name}.route_localnet", "1");

        web.Attachment.Add(Web).Succeeded();
        web.Attachment.Del(Web).Succeeded();

        Assert.Equal("1", RouteLocalnet(node, node.Bridge.Name));
    }

    [Fact]
    public void Repeated_ADDs_do_not_forget_the_former_value()
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        web.Attachment.Add(Web).Succeeded();
        web.Attachment.Add(Web).Succeeded();
        (web.Attachment with { ContainerId = "young" }).Add(Web).Succeeded();

        web.Attachment.Del(Web).Succeeded();
        (web.Attachment with { ContainerId = "young" }).Del(Web).Succeeded();

        Assert.Equal("0", RouteLocalnet(node, node.Bridge.Name));
    }

    [Fact]
    public void DEL_without_port_mappings_and_GC_put_it_back_too()
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        web.Attachment.Add(Web).Succeeded();
        web.Attachment.Del().Succeeded();
        Assert.Equal("0", RouteLocalnet(node, node.Bridge.Name));

        web.Attachment.Add(Web).Succeeded();
        Assert.Equal("1", RouteLocalnet(node, node.Bridge.Name));
        web.Attachment.Gc().Succeeded();
        Assert.Equal("0", RouteLocalnet(node, node.Bridge.Name));
    }

    [Fact]
    public void It_is_left_alone_without_snat_and_for_a_pod_of_IPv6_only()
    {
        using Node node = new();
        Pod web = node.AddPod("web");

        web.Attachment.With("snat", "false").Add(Web).Succeeded();
        (web.Attachment with { ContainerId = "six", IPv4 = null }).Add(new PortMapping(8081, 80)).Succeeded();

        Assert.Equal("0", RouteLocalnet(node, node.Bridge.Name));
    }

    [Fact]
    public void DEL_succeeds_when_the_link_is_gone_already()
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        web.Attachment.Add(Web).Succeeded();
        node.Ip($"link delete {node.Bridge.Name}");

        web.Attachment.Del(Web).Succeeded();

        Assert.Equal(0, Tables.CountOfPort(node, 8080));
    }

    [Fact]
    public void A_link_that_was_made_anew_under_the_same_name_is_not_put_back_to_a_strangers_value()
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        web.Attachment.Add(Web).Succeeded();
        node.Ip($"link delete {node.Bridge.Name}");
        node.Ip($"link add {node.Bridge.Name} type bridge");

        web.Attachment.Del(Web).Succeeded();

        Assert.Equal("0", RouteLocalnet(node, node.Bridge.Name));
    }

    private static string RouteLocalnet(Node node, string link) => node.Sysctl($"net.ipv4.conf.{link}.route_localnet");
}
