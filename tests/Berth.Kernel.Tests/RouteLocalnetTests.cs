using System.Diagnostics;
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

    [Fact]
    public void An_interface_that_vanishes_during_ADD_is_not_waited_for()
    {
        using Node node = new();
        Pod web = node.AddPod("web");

        // The first only finds out whether it may be written.
        SystemCall write = SystemCall.Of(web.Attachment, a => a.Add(Web).Succeeded()).Last(c => c.Name == "pwrite64");
        web.Attachment.Del(Web).Succeeded();

        PluginResult? result = null;
        Thread adding = new(() => result = write.Delay(web.Attachment, TimeSpan.FromSeconds(2)).Add(Web));
        adding.Start();
        while (Tables.CountOfPort(node, 8080) == 0)
        {
            Assert.True(adding.IsAlive, "ADD ended before its mapping was there");
        }

        node.Ip($"link delete {node.Bridge.Name}");
        Stopwatch watch = Stopwatch.StartNew();
        adding.Join();

        // What it waits for takes ten seconds to give up.
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(9));
        Assert.True(result!.Output.ExitCode == 0 || result.ErrorText.Trim().Length > 0);
        web.Attachment.Del(Web).Succeeded();
        Assert.Empty(Tables.Elements(node));
    }

    [Theory]
    [InlineData("192.0.2.1", "0")]
    [InlineData("2001:db8:1::1", "0")]
    [InlineData("::", "0")]
    [InlineData("127.0.0.1", "1")]
    [InlineData("0.0.0.0", "1")]
    public void Of_mappings_with_a_hostIP_only_those_that_127_0_0_1_leads_to_set_it(string hostIP, string expected)
    {
        using Node node = new();
        Pod web = node.AddPod("web");

        web.Attachment.Add(Web with { HostIP = hostIP }).Succeeded();

        Assert.Equal(expected, RouteLocalnet(node, node.Bridge.Name));
        web.Attachment.Check(Web with { HostIP = hostIP }).Succeeded();
        web.Attachment.Del(Web with { HostIP = hostIP }).Succeeded();
        Assert.Equal("0", RouteLocalnet(node, node.Bridge.Name));
        Assert.Empty(Tables.Elements(node));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void DEL_that_may_not_write_it_succeeds_with_a_warning_and_the_next_DEL_or_GC_puts_it_back(bool isGc)
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        web.Attachment.Add(Web).Succeeded();
        Attachment readOnly = web.Attachment with
        {
            Under =
            [
                "unshare", "--mount", "--", "sh", "-c",
                "mount --bind /proc/sys /proc/sys && mount -o remount,ro,bind /proc/sys && exec \"$0\"",
            ],
        };

        PluginResult result = readOnly.Del(Web).Succeeded();
        Assert.Contains("route_localnet", result.Output.Stderr, StringComparison.Ordinal);
        Assert.Equal("1", RouteLocalnet(node, node.Bridge.Name));
        Assert.Equal(0, Tables.CountOfPort(node, 8080));

        (isGc ? web.Attachment.Gc() : web.Attachment.Del(Web)).Succeeded();
        Assert.Equal("0", RouteLocalnet(node, node.Bridge.Name));
        Assert.Empty(Tables.Elements(node));
    }

    [Fact]
    public void Nobody_else_can_open_the_lock_and_so_hold_it()
    {
        using Node node = new();
        node.AddPod("web").Attachment.Add(Web).Succeeded();

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode("/run/berth.lock"));
        CommandOutput stranger = node.Run(
            "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "flock", "-n", "/run/berth.lock", "true");
        Assert.NotEqual(0, stranger.ExitCode);
    }

    private static string RouteLocalnet(Node node, string link) => node.Sysctl($"net.ipv4.conf.{link}.route_localnet");
}
