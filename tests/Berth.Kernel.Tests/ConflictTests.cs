using Berth.Kernel.Tests.Plugin;
using Berth.Kernel.Tests.Topology;

namespace Berth.Kernel.Tests;

/// <summary>The key <c>onConflict</c>: what becomes of an ADD whose port another attachment holds.</summary>
public sealed class ConflictTests
{
    private static readonly PortMapping Web = new(8080, 80);

    [Theory]
    [InlineData(null)]
    [InlineData("192.0.2.1")]
    public void With_fail_a_held_port_is_refused_and_nothing_is_changed(string? hostIP)
    {
        using Node node = new();
        Pod holder = AddServing(node, "holder");
        Bridge elsewhere = node.AddBridge();
        Pod late = elsewhere.AddPod("late");
        PortMapping mapping = Web with { HostIP = hostIP };
        holder.Attachment.Add(mapping).Succeeded();
        string before = node.Nft("-a", "list", "ruleset");

        Failing(late.Attachment).Add(new PortMapping(8081, 80), mapping, new PortMapping(8082, 80, "udp")).Failed();

        Assert.Equal(before, node.Nft("-a", "list", "ruleset"));
        Assert.Equal("0", node.Sysctl($"net.ipv4.conf.{elsewhere.Name}.route_localnet"));
        Assert.Equal("holder", node.Outside.Ask(Transport.Tcp, Plan.Node(Family.IPv4), 8080).By);
    }

    [Fact]
    public void The_message_names_the_port_and_the_holders_pod_network_and_container()
    {
        using Node node = new();
        Pod holder = AddServing(node, "holder");
        Pod late = AddServing(node, "late");
        (holder.Attachment with
        {
            Network = "shopnet",
            Args = "IgnoreUnknown=1;K8S_POD_NAMESPACE=shop;K8S_POD_NAME=front-7d4f",
        }).Add(Web).Succeeded();

        PluginResult result = Failing(late.Attachment).Add(Web).Failed();

        string message = (string)result.Json!["msg"]!;
        Assert.Contains("tcp port 8080", message, StringComparison.Ordinal);
        Assert.Contains("shop/front-7d4f", message, StringComparison.Ordinal);
        Assert.Contains("shopnet", message, StringComparison.Ordinal);
        Assert.Contains(holder.Attachment.ContainerId[..12], message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_hostIP_is_part_of_the_ports_name()
    {
        using Node node = new();
        Pod holder = AddServing(node, "holder");
        Pod late = AddServing(node, "late");
        PortMapping mapping = Web with { HostIP = "192.0.2.1" };
        holder.Attachment.Add(mapping).Succeeded();

        PluginResult result = Failing(late.Attachment).Add(mapping).Failed();

        Assert.Contains("tcp 192.0.2.1 port 8080", result.ErrorText, StringComparison.Ordinal);
    }

    [Fact]
    public void A_repeated_ADD_of_the_same_owner_is_no_conflict()
    {
        using Node node = new();
        Pod web = AddServing(node, "web");
        Failing(web.Attachment).Add(Web).Succeeded();

        Failing(web.Attachment).Add(Web).Succeeded();
        Failing(web.Attachment).Add(Web, new PortMapping(8081, 80)).Succeeded();

        Assert.Equal("web", node.Outside.Ask(Transport.Tcp, Plan.Node(Family.IPv4), 8080).By);
        Assert.Equal("web", node.Outside.Ask(Transport.Tcp, Plan.Node(Family.IPv6), 8081).By);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_wildcard_and_one_address_stand_beside_each_other(bool isWildcardFirst)
    {
        using Node node = new();
        Pod any = AddServing(node, "any");
        Pod specific = AddServing(node, "specific");
        (Pod Pod, PortMapping Mapping)[] adds = [(any, Web), (specific, Web with { HostIP = "198.51.100.1" })];
        foreach ((Pod pod, PortMapping mapping) in isWildcardFirst ? adds : adds.Reverse())
        {
            Failing(pod.Attachment).Add(mapping).Succeeded();
        }

        Assert.Equal("specific", node.Outside.Ask(Transport.Tcp, Plan.NodeSecond(Family.IPv4), 8080).By);
        Assert.Equal("any", node.Outside.Ask(Transport.Tcp, Plan.Node(Family.IPv4), 8080).By);
    }

    [Fact]
    public void The_same_number_under_another_protocol_or_in_the_other_family_is_free()
    {
        using Node node = new();
        Pod holder = AddServing(node, "holder");
        Pod late = AddServing(node, "late");
        (holder.Attachment with { IPv6 = null }).Add(Web).Succeeded();

        Failing(late.Attachment).Add(new PortMapping(8080, 80, "udp")).Succeeded();
        Failing(late.Attachment with { ContainerId = "six", IPv4 = null }).Add(Web).Succeeded();

        Assert.Equal("holder", node.Outside.Ask(Transport.Tcp, Plan.Node(Family.IPv4), 8080).By);
        Assert.Equal("late", node.Outside.Ask(Transport.Tcp, Plan.Node(Family.IPv6), 8080).By);
        Assert.Equal("late", node.Outside.Ask(Transport.Udp, Plan.Node(Family.IPv4), 8080).By);
    }

    [Fact]
    public void Once_the_holder_is_gone_the_port_is_free()
    {
        using Node node = new();
        Pod holder = AddServing(node, "holder");
        Pod late = AddServing(node, "late");
        holder.Attachment.Add(Web).Succeeded();
        Failing(late.Attachment).Add(Web).Failed();

        holder.Attachment.Del(Web).Succeeded();
        Failing(late.Attachment).Add(Web).Succeeded();

        Assert.Equal("late", node.Outside.Ask(Transport.Tcp, Plan.Node(Family.IPv4), 8080).By);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("\"replace\"")]
    public void Replace_is_what_happens_by_default(string? value)
    {
        using Node node = new();
        Pod holder = AddServing(node, "holder");
        Pod late = AddServing(node, "late");
        Failing(holder.Attachment).Add(Web).Succeeded();

        (value is null ? late.Attachment : late.Attachment.With("onConflict", value)).Add(Web).Succeeded();

        Assert.Equal("late", node.Outside.Ask(Transport.Tcp, Plan.Node(Family.IPv4), 8080).By);
        Assert.Equal("late", node.Outside.Ask(Transport.Tcp, Plan.Node(Family.IPv6), 8080).By);
    }

    [Theory]
    [InlineData("\"refuse\"")]
    [InlineData("\"\"")]
    [InlineData("true")]
    public void Any_other_value_is_refused(string value)
    {
        using Node node = new();
        Pod web = AddServing(node, "web");

        PluginResult result = web.Attachment.With("onConflict", value).Add(Web).Failed();

        Assert.Contains("onConflict", result.ErrorText, StringComparison.Ordinal);
        Assert.Equal(0, Tables.CountOfPort(node, 8080));
    }

    private static Pod AddServing(Node node, string name)
    {
        Pod pod = node.AddPod(name);
        pod.Serve(80);
        return pod;
    }

    private static Attachment Failing(Attachment attachment) => attachment.With("onConflict", "\"fail\"");
}
