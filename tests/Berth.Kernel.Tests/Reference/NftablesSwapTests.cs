using Berth.Kernel.Tests.Iptables;
using Berth.Kernel.Tests.Plugin;
using Berth.Kernel.Tests.Topology;

namespace Berth.Kernel.Tests.Reference;

/// <summary>Berth takes the place of the reference plugin, whose nftables rules are on the node.</summary>
public sealed class NftablesSwapTests
{
    private static readonly PortMapping Web = new(8080, 80);
    private static readonly PortMapping Also = new(8081, 80);
    private static readonly PortMapping Dns = new(5353, 53, "udp");

    [Theory]
    [MemberData(nameof(Cases.Everything), MemberType = typeof(Cases))]
    public void A_pod_that_the_reference_set_up_is_torn_down_by_DEL(Transport transport, Family family)
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        web.Serve(80);
        PortMapping[] mappings =
        [
            PortMapping.Of(transport, 8080, 80), PortMapping.Of(transport, 8081, 80, Plan.Node(family)), new(8082, 80, "sctp"),
        ];
        web.Attachment.OfReference().Add(mappings).Succeeded();
        Assert.Equal("web", node.Outside.Ask(transport, Plan.Node(family), 8080).By);
        Assert.Equal("web", node.Outside.Ask(transport, Plan.Node(family), 8081).By);

        web.Attachment.Del(mappings).Succeeded();

        Assert.Equal(Answer.Refused, node.Outside.Ask(transport, Plan.Node(family), 8080));
        Assert.Equal(Answer.Refused, node.Outside.Ask(transport, Plan.Node(family), 8081));
        Assert.Empty(node.ReferenceRules(web.Attachment));
        web.Attachment.Del(mappings).Succeeded();
    }

    [Fact]
    public void DEL_without_address_and_ports_takes_everything_of_the_container_and_of_no_other()
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        Pod other = node.AddPod("other");
        other.Serve(80);
        web.Attachment.OfReference().Add(Web, Dns).Succeeded();
        other.Attachment.OfReference().Add(Also).Succeeded();
        string[] others = node.ReferenceRules(other.Attachment);
        Assert.NotEmpty(others);

        web.Attachment.DelWithoutAnything().Succeeded();

        Assert.Empty(node.ReferenceRules(web.Attachment));
        Assert.Equal(others, node.ReferenceRules(other.Attachment));
        Assert.Equal("other", node.Outside.Ask(Transport.Tcp, Plan.Node(Family.IPv4), 8081).By);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void DEL_of_one_network_leaves_the_rules_that_lead_to_the_container_s_address_in_another(bool hasPrevResult)
    {
        using Node node = new();
        Pod pod = node.AddPod("pod");
        node.AddBridge().Attach(pod, "eth1");
        pod.Serve(80);
        Attachment blue = pod.AttachmentOf(pod.Interfaces[0]) with { Network = "blue" };
        Attachment green = pod.AttachmentOf(pod.Interfaces[1]) with { Network = "green" };
        blue.OfReference().Add(Web).Succeeded();
        green.OfReference().Add(Also).Succeeded();

        (hasPrevResult ? blue : blue with { IPv4 = null, IPv6 = null }).Del(Web).Succeeded();

        foreach (Family family in Enum.GetValues<Family>())
        {
            Assert.Equal(Answer.Refused, node.Outside.Ask(Transport.Tcp, Plan.Node(family), 8080));
            Assert.Equal("pod", node.Outside.Ask(Transport.Tcp, Plan.Node(family), 8081).By);
        }

        string[] rest = node.ReferenceRules(pod.Attachment);
        Assert.Equal(5, rest.Length);
        Assert.All(rest, rule => Assert.Matches("10\\.2\\.0\\.2|fd00:2::2", rule));

        // The reference itself takes both: so the test can fail.
        blue.OfReference().Add(Web).Succeeded();
        blue.OfReference().Del(Web).Succeeded();
        Assert.Empty(node.ReferenceRules(pod.Attachment));
    }

    [Fact]
    public void DEL_of_a_long_run_of_ports_of_one_network_leaves_the_rules_of_another()
    {
        using Node node = new();
        Pod pod = node.AddPod("pod");
        node.AddBridge().Attach(pod, "eth1");
        Attachment blue = pod.AttachmentOf(pod.Interfaces[0]) with { Network = "blue" };
        Attachment green = pod.AttachmentOf(pod.Interfaces[1]) with { Network = "green" };
        // Berth makes one range of them, the reference a rule for each.
        PortMapping[] run = [.. Enumerable.Range(9000, 130).Select(static port => new PortMapping(port, port, "udp"))];
        blue.OfReference().Add(run).Succeeded();
        green.OfReference().Add(Also).Succeeded();

        (blue with { IPv4 = null, IPv6 = null }).Del(run).Succeeded();

        string[] rest = node.ReferenceRules(pod.Attachment);
        Assert.Equal(5, rest.Length);
        Assert.All(rest, rule => Assert.Matches("10\\.2\\.0\\.2|fd00:2::2", rule));
    }

    [Theory]
    [MemberData(nameof(Cases.Everything), MemberType = typeof(Cases))]
    public void A_port_that_the_reference_s_rules_keep_goes_to_the_newest_pod_and_only_that_port(
        Transport transport, Family family)
    {
        using Node node = new();
        Pod old = node.AddPod("old");
        Pod young = node.AddPod("young");
        Pod third = node.AddPod("third");
        foreach (Pod pod in (Pod[])[old, young, third])
        {
            pod.Serve(80);
        }

        PortMapping web = PortMapping.Of(transport, 8080, 80);
        PortMapping also = PortMapping.Of(transport, 8081, 80);
        PortMapping elsewhere = web with { HostIP = Plan.NodeSecond(family).ToString() };
        third.Attachment.OfReference().Add(elsewhere).Succeeded();
        old.Attachment.OfReference().Add(also, web).Succeeded();
        Assert.Equal("old", node.Outside.Ask(transport, Plan.Node(family), 8080).By);

        young.Attachment.Add(web).Succeeded();

        Assert.Equal("young", node.Outside.Ask(transport, Plan.Node(family), 8080).By);
        Assert.Equal("young", node.Ask(transport, Plan.Node(family), 8080).By);
        Assert.Equal("old", node.Outside.Ask(transport, Plan.Node(family), 8081).By);
        Assert.Equal("third", node.Outside.Ask(transport, Plan.NodeSecond(family), 8080).By);

        old.Attachment.Del(also, web).Succeeded();
        Assert.Equal("young", node.Outside.Ask(transport, Plan.Node(family), 8080).By);
        Assert.Equal("third", node.Outside.Ask(transport, Plan.NodeSecond(family), 8080).By);
        Assert.Empty(node.ReferenceRules(old.Attachment));
    }

    [Fact]
    public void A_container_whose_last_port_is_taken_over_keeps_no_rule_for_masquerading()
    {
        using Node node = new();
        Pod old = node.AddPod("old");
        Pod young = node.AddPod("young");
        old.Attachment.OfReference().Add(Web, Also).Succeeded();

        young.Attachment.Add(Web).Succeeded();
        Assert.Contains(node.ReferenceRules(old.Attachment), rule => rule.Contains("masquerad", StringComparison.Ordinal));

        young.Attachment.Add(Web, Also).Succeeded();
        Assert.Empty(node.ReferenceRules(old.Attachment));
    }

    [Theory]
    [MemberData(nameof(Cases.Families), MemberType = typeof(Cases))]
    public void A_mapping_of_one_address_takes_the_port_from_one_of_any_address_whose_container_is_gone(Family family)
    {
        using Node node = new();
        Pod old = node.AddPod("old");
        Pod young = node.AddPod("young");
        old.Serve(80);
        young.Serve(80);
        old.Attachment.OfReference().Add(Web).Succeeded();

        DirectoryInfo cache = Directory.CreateTempSubdirectory("cni-cache-");
        cache.CreateSubdirectory("results");

        young.Attachment.With("cacheDir", $"\"{cache}\"").Add(Web with { HostIP = Plan.Node(family).ToString() }).Succeeded();

        cache.Delete(recursive: true);
        Assert.Equal("young", node.Outside.Ask(Transport.Tcp, Plan.Node(family), 8080).By);
        Family other = family == Family.IPv4 ? Family.IPv6 : Family.IPv4;
        Assert.Equal("old", node.Outside.Ask(Transport.Tcp, Plan.Node(other), 8080).By);
    }

    [Theory]
    [MemberData(nameof(Cases.Families), MemberType = typeof(Cases))]
    public void A_container_that_is_added_again_has_no_rules_of_the_reference_left(Family family)
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        web.Serve(80);
        web.Attachment.OfReference().Add(Web, Also).Succeeded();

        web.Attachment.Add(Web).Succeeded();

        Assert.Empty(node.ReferenceRules(web.Attachment));
        Assert.Equal("web", node.Outside.Ask(Transport.Tcp, Plan.Node(family), 8080).By);
        Assert.Equal(Answer.Refused, node.Outside.Ask(Transport.Tcp, Plan.Node(family), 8081));
        web.Attachment.Check(Web).Succeeded();
    }

    [Theory]
    [MemberData(nameof(Cases.Families), MemberType = typeof(Cases))]
    public void A_live_UDP_flow_follows_the_port_to_the_newest_pod_and_ends_with_its_rules(Family family)
    {
        using Node node = new();
        Pod old = node.AddPod("old");
        Pod young = node.AddPod("young");
        old.Serve(53);
        young.Serve(53);
        old.Attachment.OfReference().Add(Dns, Dns with { HostPort = 5354 }).Succeeded();
        using Flow taken = node.Outside.OpenUdpFlow(Plan.Node(family), 5353);
        using Flow removed = node.Outside.OpenUdpFlow(Plan.Node(family), 5354);
        Assert.Equal("old", taken.Ask().By);
        Assert.Equal("old", removed.Ask().By);

        young.Attachment.Add(Dns).Succeeded();
        Assert.Equal("young", taken.Ask().By);
        Assert.Equal("old", removed.Ask().By);

        old.Attachment.Del(Dns, Dns with { HostPort = 5354 }).Succeeded();
        Assert.Equal("young", taken.Ask().By);
        Assert.Equal(Answer.Refused, removed.Ask());
    }

    [Theory]
    [InlineData(8080)]
    [InlineData(9090)]
    public void With_onConflict_fail_a_port_that_the_reference_s_rules_have_is_refused_and_the_holder_named(int hostPort)
    {
        using Node node = new();
        Pod old = node.AddPod("old");
        Pod young = node.AddPod("young");
        old.Attachment.OfReference().Add(Web).Succeeded();
        string before = node.Nft("list", "ruleset");
        Attachment careful = young.Attachment.With("onConflict", "\"fail\"");

        PluginResult result = careful.Add(Web with { HostPort = hostPort });

        if (hostPort != 8080)
        {
            result.Succeeded();
            return;
        }

        result.Failed();
        Assert.Contains("tcp port 8080 is taken by container old-0123456789abcdef", result.ErrorText, StringComparison.Ordinal);
        Assert.Equal(before, node.Nft("list", "ruleset"));

        // One's own leftovers are no conflict.
        (careful with { ContainerId = old.Attachment.ContainerId }).Add(Web).Succeeded();
    }

    [Fact]
    public void Route_localnet_is_put_back_when_the_last_mapping_goes_which_is_the_reference_s()
    {
        using Node node = new();
        Pod ours = node.AddPod("ours");
        Pod theirs = node.AddPod("theirs");
        string sysctl = $"net.ipv4.conf.{node.Bridge.Name}.route_localnet";
        Assert.Equal("0", node.Sysctl(sysctl));
        ours.Attachment.Add(Web).Succeeded();
        theirs.Attachment.OfReference().Add(Also).Succeeded();

        ours.Attachment.Del(Web).Succeeded();
        Assert.Equal("1", node.Sysctl(sysctl));

        theirs.Attachment.Del(Also).Succeeded();
        Assert.Equal("0", node.Sysctl(sysctl));
    }

    [Fact]
    public void Rules_of_others_in_the_reference_s_table_stay()
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        web.Attachment.OfReference().Add(Web).Succeeded();
        node.NftApply("""
            add rule ip cni_hostport hostports tcp dport 7 counter accept
            add rule ip cni_hostport hostports tcp dport 9 counter accept comment "mine"
            """);

        web.Attachment.Del(Web).Succeeded();

        string rules = node.Nft("list", "chain", "ip", "cni_hostport", "hostports");
        Assert.Contains("tcp dport 7", rules, StringComparison.Ordinal);
        Assert.Contains("mine", rules, StringComparison.Ordinal);
        Assert.DoesNotContain("8080", rules, StringComparison.Ordinal);
    }

    [Fact]
    public void No_program_is_run_for_any_of_it()
    {
        using Node node = new();
        Pod old = node.AddPod("old");
        Pod young = node.AddPod("young");
        old.Attachment.OfReference().Add(Web, Also).Succeeded();
        string[] tracer = ["strace", "-f", "-e", "trace=execve,fork,vfork", "--"];

        foreach (PluginResult result in (PluginResult[])
            [(young.Attachment with { Under = [.. tracer] }).Add(Web), (old.Attachment with { Under = [.. tracer] }).Del(Also)])
        {
            string[] calls = result.Succeeded().Output.Stderr.Split('\n');
            Assert.Single(calls, static line => line.Contains("execve(", StringComparison.Ordinal));
            Assert.DoesNotContain(calls, static line => line.Contains("fork(", StringComparison.Ordinal));
        }

        Assert.Empty(node.ReferenceRules(old.Attachment));
    }
}
