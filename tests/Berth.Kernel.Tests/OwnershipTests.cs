using System.Text.RegularExpressions;
using Berth.Kernel.Tests.Iptables;
using Berth.Kernel.Tests.Plugin;
using Berth.Kernel.Tests.Topology;

namespace Berth.Kernel.Tests;

/// <summary>Who owns a host port (network, container and interface together), and what DEL and GC may therefore
/// take.</summary>
public sealed class OwnershipTests
{
    private static readonly PortMapping Web = new(8080, 80);

    [Theory]
    [MemberData(nameof(Cases.Everything), MemberType = typeof(Cases))]
    public void The_newest_owner_of_a_port_wins_and_the_olds_DEL_leaves_it_alone(Transport transport, Family family)
    {
        using Node node = new();
        Pod dead = node.AddPod("dead");
        Pod alive = node.AddPod("alive");
        dead.Serve(80);
        alive.Serve(80);
        PortMapping mapping = PortMapping.Of(transport, 8080, 80);
        dead.Attachment.Add(mapping).Succeeded();

        alive.Attachment.Add(mapping).Succeeded();
        Assert.Equal("alive", node.Outside.Ask(transport, Plan.Node(family), 8080).By);
        Assert.Equal(
            Answer.From("alive", Plan.Gateway(family, 1)), alive.Ask(transport, Plan.Node(family), 8080));

        dead.Attachment.Del(mapping).Succeeded();
        Assert.Equal("alive", node.Outside.Ask(transport, Plan.Node(family), 8080).By);

        alive.Attachment.Del(mapping).Succeeded();
        Assert.Equal(Answer.Refused, node.Outside.Ask(transport, Plan.Node(family), 8080));
    }

    [Theory]
    [MemberData(nameof(Cases.Families), MemberType = typeof(Cases))]
    public void A_new_container_that_got_the_olds_address_keeps_its_port_after_the_olds_DEL(Family family)
    {
        using Node node = new();
        Pod pod = node.AddPod("pod");
        pod.Serve(80);
        Attachment old = pod.Attachment with { ContainerId = "old" };
        Attachment young = pod.Attachment with { ContainerId = "young" };
        old.Add(Web).Succeeded();
        young.Add(Web).Succeeded();

        old.Del(Web).Succeeded();
        Assert.Equal("pod", node.Outside.Ask(Transport.Tcp, Plan.Node(family), 8080).By);
        Assert.Equal(Answer.From("pod", Plan.Gateway(family, 1)), pod.Ask(Transport.Tcp, Plan.Node(family), 8080));
        if (family == Family.IPv4)
        {
            Assert.Equal("pod", node.Ask(Transport.Tcp, Plan.Loopback(family), 8080).By);
        }

        young.Del(Web).Succeeded();
        Assert.Equal(Answer.Refused, node.Outside.Ask(Transport.Tcp, Plan.Node(family), 8080));
    }

    [Theory]
    [MemberData(nameof(Cases.Families), MemberType = typeof(Cases))]
    public void A_takeover_of_one_port_leaves_the_olds_other_ports(Family family)
    {
        using Node node = new();
        Pod one = node.AddPod("one");
        Pod two = node.AddPod("two");
        one.Serve(80);
        two.Serve(80);
        one.Attachment.Add(new(8080, 80), new(8081, 80), new(8082, 80)).Succeeded();

        two.Attachment.Add(new PortMapping(8081, 80)).Succeeded();

        Assert.Equal("one", node.Outside.Ask(Transport.Tcp, Plan.Node(family), 8080).By);
        Assert.Equal("two", node.Outside.Ask(Transport.Tcp, Plan.Node(family), 8081).By);
        Assert.Equal("one", node.Outside.Ask(Transport.Tcp, Plan.Node(family), 8082).By);
    }

    [Theory]
    [MemberData(nameof(Cases.FamiliesInBothOrders), MemberType = typeof(Cases))]
    public void DEL_of_one_interface_leaves_the_others_ports(Family family, bool first)
    {
        using Node node = new();
        Pod pod = node.AddPod("pod");
        node.AddBridge().Attach(pod, "eth1");
        pod.Serve(80);
        Attachment[] attachments = [.. pod.Interfaces.Select(pod.AttachmentOf)];
        PortMapping[] mappings = [new(8080, 80), new(8081, 80)];
        attachments[0].Add(mappings[0]).Succeeded();
        attachments[1].Add(mappings[1]).Succeeded();

        int gone = first ? 0 : 1;
        attachments[gone].Del(mappings[gone]).Succeeded();

        Assert.Equal(
            Answer.Refused, node.Outside.Ask(Transport.Tcp, Plan.Node(family), 8080 + gone));
        Assert.Equal("pod", node.Outside.Ask(Transport.Tcp, Plan.Node(family), 8081 - gone).By);
    }

    [Theory]
    [MemberData(nameof(Cases.Families), MemberType = typeof(Cases))]
    public void DEL_on_one_network_leaves_the_others_ports(Family family)
    {
        using Node node = new();
        Pod pod = node.AddPod("pod");
        pod.Serve(80);
        Attachment blue = pod.Attachment with { Network = "blue" };
        Attachment green = pod.Attachment with { Network = "green" };
        blue.Add(new PortMapping(8080, 80)).Succeeded();
        green.Add(new PortMapping(8081, 80)).Succeeded();

        blue.Del(new PortMapping(8080, 80)).Succeeded();

        Assert.Equal(Answer.Refused, node.Outside.Ask(Transport.Tcp, Plan.Node(family), 8080));
        Assert.Equal("pod", node.Outside.Ask(Transport.Tcp, Plan.Node(family), 8081).By);
        Assert.Equal(Answer.From("pod", Plan.Gateway(family, 1)), pod.Ask(Transport.Tcp, Plan.Node(family), 8081));
    }

    [Fact]
    public void Names_that_read_alike_when_joined_are_different_owners()
    {
        using Node node = new();
        Pod pod = node.AddPod("pod");
        pod.Serve(80);
        Attachment one = pod.Attachment with { Network = "a", ContainerId = "bA" };
        Attachment other = pod.Attachment with { Network = "ab", ContainerId = "A" };
        one.Add(new PortMapping(8080, 80)).Succeeded();
        other.Add(new PortMapping(8081, 80)).Succeeded();

        one.Del(new PortMapping(8080, 80)).Succeeded();

        Assert.Equal(Answer.Refused, node.Outside.Ask(Transport.Tcp, Plan.Node(Family.IPv4), 8080));
        Assert.Equal("pod", node.Outside.Ask(Transport.Tcp, Plan.Node(Family.IPv4), 8081).By);
    }

    [Theory]
    [MemberData(nameof(Cases.Everything), MemberType = typeof(Cases))]
    public void DEL_without_port_mappings_takes_everything_of_the_owner_and_nothing_else(
        Transport transport, Family family)
    {
        using Node node = new();
        Pod one = node.AddPod("one");
        Pod two = node.AddPod("two");
        one.Serve(80);
        two.Serve(80);
        one.Attachment.Add(
            PortMapping.Of(transport, 8080, 80),
            PortMapping.Of(transport, 8081, 80, Plan.Node(family))).Succeeded();
        two.Attachment.Add(PortMapping.Of(transport, 8082, 80)).Succeeded();

        one.Attachment.Del().Succeeded();

        Assert.Equal(Answer.Refused, node.Outside.Ask(transport, Plan.Node(family), 8080));
        Assert.Equal(Answer.Refused, node.Outside.Ask(transport, Plan.Node(family), 8081));
        Assert.Equal("two", node.Outside.Ask(transport, Plan.Node(family), 8082).By);
        Assert.Equal(0, Tables.CountOfPort(node, 8080) + Tables.CountOfPort(node, 8081));
    }

    [Fact]
    public void DEL_with_other_mappings_than_ADD_had_takes_everything_of_the_owner()
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        web.Serve(80);
        web.Attachment.Add(new(8080, 80), new(8081, 80)).Succeeded();

        web.Attachment.Del(new PortMapping(8081, 80), new(9999, 80)).Succeeded();

        Assert.Equal(Answer.Refused, node.Outside.Ask(Transport.Tcp, Plan.Node(Family.IPv4), 8080));
        Assert.Equal(Answer.Refused, node.Outside.Ask(Transport.Tcp, Plan.Node(Family.IPv6), 8081));
    }

    [Fact]
    public void DEL_without_a_namespace_and_without_a_previous_result_works()
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        web.Serve(80);
        web.Attachment.Add(Web).Succeeded();

        (web.Attachment with { NetnsPath = string.Empty, IPv4 = null, IPv6 = null }).Del(Web).Succeeded();

        Assert.Equal(Answer.Refused, node.Outside.Ask(Transport.Tcp, Plan.Node(Family.IPv4), 8080));
        Assert.Equal(Answer.Refused, node.Outside.Ask(Transport.Tcp, Plan.Node(Family.IPv6), 8080));
    }

    [Fact]
    public void DEL_twice_and_DEL_of_what_was_never_added_succeed_and_disturb_nobody()
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        Pod other = node.AddPod("other");
        other.Serve(80);
        web.Attachment.Del(Web).Succeeded();
        web.Attachment.Del().Succeeded();
        Assert.DoesNotContain("8080", node.Nft("list", "ruleset"), StringComparison.Ordinal);

        web.Attachment.Add(Web).Succeeded();
        other.Attachment.Add(new PortMapping(8081, 80)).Succeeded();
        web.Attachment.Del(Web).Succeeded();
        web.Attachment.Del(Web).Succeeded();
        (web.Attachment with { ContainerId = "unknown" }).Del(new PortMapping(8081, 80)).Succeeded();

        Assert.Equal("other", node.Outside.Ask(Transport.Tcp, Plan.Node(Family.IPv4), 8081).By);
    }

    [Fact]
    public void GC_takes_what_is_not_listed_of_its_own_network_only()
    {
        using Node node = new();
        Pod listed = node.AddPod("listed");
        Pod forgotten = node.AddPod("forgotten");
        Pod elsewhere = node.AddPod("elsewhere");
        foreach (Pod pod in new[] { listed, forgotten, elsewhere })
        {
            pod.Serve(80);
        }

        Attachment other = elsewhere.Attachment with { Network = "othernet" };
        listed.Attachment.Add(new PortMapping(8080, 80)).Succeeded();
        forgotten.Attachment.Add(new(8081, 80), new(8083, 80, "udp")).Succeeded();
        other.Add(new PortMapping(8082, 80)).Succeeded();

        listed.Attachment.Gc(listed.Attachment).Succeeded();

        foreach (Family family in Enum.GetValues<Family>())
        {
            Assert.Equal("listed", node.Outside.Ask(Transport.Tcp, Plan.Node(family), 8080).By);
            Assert.Equal("elsewhere", node.Outside.Ask(Transport.Tcp, Plan.Node(family), 8082).By);
            Assert.Equal(Answer.Refused, node.Outside.Ask(Transport.Tcp, Plan.Node(family), 8081));
            Assert.Equal(Answer.Refused, node.Outside.Ask(Transport.Udp, Plan.Node(family), 8083));
        }
    }

    [Theory]
    [InlineData("nftables", "one", "two", "one two")]
    [InlineData("nftables", "one", null, "one")]
    [InlineData("nftables", null, "two", "two")]
    [InlineData("nftables", "", "two", "two")]
    [InlineData("nftables", "", null, "")]
    [InlineData("nftables", null, null, "one two three")]
    [InlineData("iptables", "one", "two", "one two")]
    [InlineData("iptables", null, "two", "two")]
    [InlineData("iptables", null, null, "one two three")]
    public void GC_keeps_what_either_key_lists_and_everything_without_both(
        string backend, string? valid, string? attachments, string expected)
    {
        using Node node = new();
        Dictionary<string, int> ports = new() { ["one"] = 8081, ["two"] = 8082, ["three"] = 8083 };
        Dictionary<string, Attachment> pods = ports.Keys.ToDictionary(name => name, name =>
        {
            Pod pod = node.AddPod(name);
            pod.Serve(80);
            return pod.Attachment.With("backend", $"\"{backend}\"") with { CniVersion = "1.1.0", SearchPath = Toolset.Nft.SearchPath() };
        });
        foreach ((string name, Attachment pod) in pods)
        {
            pod.Add(new PortMapping(ports[name], 80)).Succeeded();
        }

        Attachment caller = pods["one"];
        foreach ((string key, string? names) in new[] { ("cni.dev/valid-attachments", valid), ("cni.dev/attachments", attachments) })
        {
            caller = names is null ? caller : caller.With(key, $"[{string.Join(", ", names.Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Select(name => $$"""{"containerID": "{{pods[name].ContainerId}}", "ifname": "eth0"}"""))}]");
        }

        caller.Call("GC", null).Succeeded();

        Assert.Equal(expected, string.Join(' ', ports.Keys.Where(name =>
            node.Outside.Ask(Transport.Tcp, Plan.Node(Family.IPv4), ports[name]).By == name)));
    }

    [Fact]
    public void GC_tells_the_interfaces_of_a_container_apart()
    {
        using Node node = new();
        Pod pod = node.AddPod("pod");
        node.AddBridge().Attach(pod, "eth1");
        pod.Serve(80);
        Attachment[] attachments = [.. pod.Interfaces.Select(pod.AttachmentOf)];
        attachments[0].Add(new PortMapping(8080, 80)).Succeeded();
        attachments[1].Add(new PortMapping(8081, 80)).Succeeded();

        attachments[0].Gc(attachments[1]).Succeeded();

        Assert.Equal(Answer.Refused, node.Outside.Ask(Transport.Tcp, Plan.Node(Family.IPv4), 8080));
        Assert.Equal("pod", node.Outside.Ask(Transport.Tcp, Plan.Node(Family.IPv4), 8081).By);
    }

    [Fact]
    public void GC_on_a_node_that_has_no_mapping_succeeds_and_makes_none()
    {
        using Node node = new();
        Pod web = node.AddPod("web");

        web.Attachment.Gc().Succeeded();

        Assert.DoesNotContain("8080", node.Nft("list", "ruleset"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ip", "10.1.0.2")]
    [InlineData("ip6", "fd00:1::2")]
    public void DEL_without_port_mappings_takes_everything_beside_a_record_of_another_version(string family, string address)
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        web.Attachment.Add(new(8080, 80), new(8443, 443, "tcp", "192.0.2.1"), new(5353, 53, "udp")).Succeeded();
        string owner = Regex.Match(node.Nft("list", "map", family, "berth", "attachments"), "\"([^\"]{15})\" comment").Groups[1].Value;
        Assert.Equal(15, owner.Length);
        node.Nft("delete", "element", family, "berth", "attachments", $"{{ \"{owner}\" }}");
        node.Nft("add", "element", family, "berth", "attachments", $"{{ \"{owner}\" comment \"2 x\" : {address} }}");

        web.Attachment.Del().Succeeded();

        Assert.DoesNotContain(Tables.Elements(node), e => e.Contains(owner, StringComparison.Ordinal));
        Assert.Equal(0, Tables.CountOfPort(node, 8080) + Tables.CountOfPort(node, 8443) + Tables.CountOfPort(node, 5353));
    }
}
