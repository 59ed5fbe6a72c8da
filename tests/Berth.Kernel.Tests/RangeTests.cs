using System.Diagnostics;
using Berth.Kernel.Tests.Plugin;
using Berth.Kernel.Tests.Topology;

namespace Berth.Kernel.Tests;

/// <summary>Ranges of host ports: one element where node and pod have the same numbers, and each port its owner's.</summary>
public sealed class RangeTests
{
    private const int First = 20000;
    private const int Last = 20999;
    private const int Inner = 20500;

    [Theory]
    [MemberData(nameof(Cases.Everything), MemberType = typeof(Cases))]
    public void A_range_leads_to_the_same_ports_of_the_pod_and_to_no_others(Transport transport, Family family)
    {
        using Node node = new();
        Pod media = Serving(node, "media", First - 1, First, Inner, Last, Last + 1);

        media.Attachment.Add(PortMapping.Range(transport, First, Last)).Succeeded();

        Assert.Equal(2, Tables.Elements(node).Count(static element => element.Contains(" ranges ", StringComparison.Ordinal)));
        foreach (int port in new[] { First, Inner, Last })
        {
            Assert.Equal(
                Answer.From($"media-{port}", Plan.Outside(family)), node.Outside.Ask(transport, Plan.Node(family), port));
        }

        Assert.Equal(Answer.Refused, node.Outside.Ask(transport, Plan.Node(family), First - 1));
        Assert.Equal(Answer.Refused, node.Outside.Ask(transport, Plan.Node(family), Last + 1));
        Assert.Equal("media-20500", node.Ask(transport, Plan.Node(family), Inner).By);
        Assert.Equal("media-20500", media.Ask(transport, Plan.Node(family), Inner).By);
    }

    [Theory]
    [MemberData(nameof(Cases.Families), MemberType = typeof(Cases))]
    public void The_same_run_is_one_element_whether_it_is_one_entry_or_many(Family family)
    {
        using Node node = new();
        Pod media = Serving(node, "media", Inner);
        PortMapping[] many = [.. Enumerable.Range(First, Last - First + 1).Select(port => new PortMapping(port, port))];

        media.Attachment.Add(many).Succeeded();
        string[] before = Tables.Elements(node);
        media.Attachment.Add(PortMapping.Range(Transport.Tcp, First, Last)).Succeeded();

        Assert.Equal(before, Tables.Elements(node));
        Assert.Equal("media-20500", node.Outside.Ask(Transport.Tcp, Plan.Node(family), Inner).By);
        media.Attachment.Check(PortMapping.Range(Transport.Tcp, First, Last)).Succeeded();
        media.Attachment.Del(many).Succeeded();
        Assert.Empty(Tables.SetsWithElements(node));
    }

    [Theory]
    [MemberData(nameof(Cases.Everything), MemberType = typeof(Cases))]
    public void A_shifted_range_leads_to_the_ports_alongside(Transport transport, Family family)
    {
        using Node node = new();
        Pod web = Serving(node, "web", 8000, 8099, 8100);
        PortMapping shifted = PortMapping.Of(transport, First, 8000) with { HostPortEnd = First + 99 };

        web.Attachment.Add(shifted).Succeeded();

        Assert.Equal("web-8000", node.Outside.Ask(transport, Plan.Node(family), First).By);
        Assert.Equal("web-8099", node.Outside.Ask(transport, Plan.Node(family), First + 99).By);
        Assert.Equal(Answer.Refused, node.Outside.Ask(transport, Plan.Node(family), First + 100));
        web.Attachment.Check(shifted).Succeeded();
        web.Attachment.Del(shifted).Succeeded();
        Assert.Empty(Tables.SetsWithElements(node));
    }

    [Theory]
    [MemberData(nameof(Cases.Everything), MemberType = typeof(Cases))]
    public void A_port_taken_out_of_a_range_leaves_both_sides_to_its_owner(Transport transport, Family family)
    {
        using Node node = new();
        Pod media = Serving(node, "media", First, Inner - 1, Inner, Inner + 1, Last);
        Pod young = node.AddPod("young");
        young.Serve(80);
        media.Attachment.Add(PortMapping.Range(transport, First, Last)).Succeeded();

        young.Attachment.Add(PortMapping.Of(transport, Inner, 80)).Succeeded();

        Assert.Equal("young", node.Outside.Ask(transport, Plan.Node(family), Inner).By);
        foreach (int port in new[] { First, Inner - 1, Inner + 1, Last })
        {
            Assert.Equal($"media-{port}", node.Outside.Ask(transport, Plan.Node(family), port).By);
        }

        media.Attachment.Del(PortMapping.Range(transport, First, Last)).Succeeded();
        Assert.Equal(Answer.Refused, node.Outside.Ask(transport, Plan.Node(family), Inner + 1));
        Assert.Equal("young", node.Outside.Ask(transport, Plan.Node(family), Inner).By);
        young.Attachment.Del().Succeeded();
        Assert.Empty(Tables.SetsWithElements(node));
    }

    [Theory]
    [MemberData(nameof(Cases.Families), MemberType = typeof(Cases))]
    public void A_range_over_part_of_another_takes_that_part(Family family)
    {
        using Node node = new();
        Pod old = Serving(node, "old", First, Inner, Last);
        Pod young = Serving(node, "young", Inner, Last, Last + 200);
        old.Attachment.Add(PortMapping.Range(Transport.Udp, First, Last)).Succeeded();

        young.Attachment.Add(PortMapping.Range(Transport.Udp, Inner, Last + 200)).Succeeded();

        Assert.Equal("old-20000", node.Outside.Ask(Transport.Udp, Plan.Node(family), First).By);
        Assert.Equal("young-20500", node.Outside.Ask(Transport.Udp, Plan.Node(family), Inner).By);
        Assert.Equal("young-20999", node.Outside.Ask(Transport.Udp, Plan.Node(family), Last).By);
        young.Attachment.Check(PortMapping.Range(Transport.Udp, Inner, Last + 200)).Succeeded();
    }

    [Theory]
    [InlineData(Family.IPv4, false)]
    [InlineData(Family.IPv4, true)]
    [InlineData(Family.IPv6, false)]
    [InlineData(Family.IPv6, true)]
    public void One_address_beats_a_range_of_all_addresses_whoever_came_first(Family family, bool isRangeFirst)
    {
        using Node node = new();
        Pod media = Serving(node, "media", First, Inner);
        Pod single = Serving(node, "single", 80);
        Pod there = Serving(node, "there", First);
        (Pod Pod, PortMapping Mapping)[] adds =
        [
            (media, PortMapping.Range(Transport.Tcp, First, Last)),
            (single, PortMapping.Of(Transport.Tcp, Inner, 80, Plan.NodeSecond(family))),
            (there, PortMapping.Range(Transport.Tcp, First, First + 199, Plan.NodeSecond(family))),
        ];
        foreach ((Pod pod, PortMapping mapping) in isRangeFirst ? adds : adds.Reverse())
        {
            pod.Attachment.With("onConflict", "\"fail\"").Add(mapping).Succeeded();
        }

        Assert.Equal("media-20500", node.Outside.Ask(Transport.Tcp, Plan.Node(family), Inner).By);
        Assert.Equal("single-80", node.Outside.Ask(Transport.Tcp, Plan.NodeSecond(family), Inner).By);
        Assert.Equal("media-20000", node.Outside.Ask(Transport.Tcp, Plan.Node(family), First).By);
        Assert.Equal("there-20000", node.Outside.Ask(Transport.Tcp, Plan.NodeSecond(family), First).By);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void With_fail_a_port_in_a_range_and_a_range_over_a_port_are_refused_naming_the_holder(bool isRangeHeld)
    {
        using Node node = new();
        Attachment holder = node.AddPod("holder").Attachment with
        {
            Args = "IgnoreUnknown=1;K8S_POD_NAMESPACE=shop;K8S_POD_NAME=media-1",
        };
        Attachment late = node.AddPod("late").Attachment.With("onConflict", "\"fail\"");
        PortMapping range = PortMapping.Range(Transport.Udp, First, Last);
        PortMapping port = PortMapping.Of(Transport.Udp, Inner, 80);
        holder.Add(isRangeHeld ? range : port).Succeeded();
        string before = node.Nft("-a", "list", "ruleset");

        PluginResult result = late.Add(isRangeHeld ? port : range).Failed();

        Assert.Contains("udp port 20500 is taken by shop/media-1@podnet", result.ErrorText, StringComparison.Ordinal);
        Assert.Contains(holder.ContainerId[..12], result.ErrorText, StringComparison.Ordinal);
        Assert.Equal(before, node.Nft("-a", "list", "ruleset"));
    }

    [Fact]
    public void CHECK_says_which_ports_of_a_range_somebody_else_has()
    {
        using Node node = new();
        Attachment media = node.AddPod("media").Attachment;
        PortMapping range = PortMapping.Range(Transport.Udp, First, Last);
        media.Add(range).Succeeded();
        media.Check(range).Succeeded();

        node.AddPod("young").Attachment.Add(PortMapping.Of(Transport.Udp, Inner, 80)).Succeeded();

        PluginResult result = media.Check(range).Failed();
        Assert.Contains("udp port 20500 belongs to young-012345@podnet", result.ErrorText, StringComparison.Ordinal);
        media.Check(PortMapping.Range(Transport.Udp, First, Last - 1)).Failed();

        // Whoever is added again is the newest.
        media.Add(range).Succeeded();
        media.Check(range).Succeeded();
    }

    [Theory]
    [InlineData("delete element ip berth ranges { udp . 20000-20999 }", "udp ports 20000-20999 is missing")]
    [InlineData("add element ip berth hostports { udp . 20001 : 10.1.0.99 . 1 }", "udp port 20001 belongs to somebody unknown")]
    [InlineData("delete chain ip berth hostport", null)]
    public void CHECK_sees_what_was_done_to_a_range_and_ADD_mends_it(string change, string? message)
    {
        using Node node = new();
        Pod media = Serving(node, "media", Inner);
        PortMapping range = PortMapping.Range(Transport.Udp, First, Last);
        media.Attachment.Add(range).Succeeded();

        node.NftApply(message is null ? "delete table ip berth" : change);

        Assert.Contains(message ?? "table ip berth is missing", media.Attachment.Check(range).Failed().ErrorText, StringComparison.Ordinal);
        media.Attachment.Add(range).Succeeded();
        media.Attachment.Check(range).Succeeded();
        Assert.Equal("media-20500", node.Outside.Ask(Transport.Udp, Plan.Node(Family.IPv4), Inner).By);
    }

    [Fact]
    public void GC_takes_ranges_and_what_is_left_of_carved_ones()
    {
        using Node node = new();
        Attachment dead = node.AddPod("dead").Attachment;
        Attachment alive = node.AddPod("alive").Attachment;
        dead.Add(PortMapping.Range(Transport.Udp, First, Last), PortMapping.Range(Transport.Tcp, First, Last)).Succeeded();
        alive.Add(PortMapping.Of(Transport.Udp, Inner, 80)).Succeeded();

        alive.Gc(alive).Succeeded();

        Assert.DoesNotContain(Tables.SetsWithElements(node), static set => set.Contains("ranges", StringComparison.Ordinal));
        alive.Check(PortMapping.Of(Transport.Udp, Inner, 80)).Succeeded();
    }

    [Fact]
    public void Without_snat_127_0_0_1_is_left_to_the_nodes_own_processes_in_ranges_too()
    {
        using Node node = new();
        node.Serve(Inner, "process");
        node.Serve(Inner + 1, "process");
        Pod media = Serving(node, "media", Inner, Inner + 1);
        Pod other = Serving(node, "other", Inner);
        PortMapping range = PortMapping.Range(Transport.Tcp, First, Last);
        media.Attachment.With("snat", "false").Add(range).Succeeded();

        Assert.Equal("process", node.Ask(Transport.Tcp, Plan.Loopback(Family.IPv4), Inner).By);
        Assert.Equal("media-20500", node.Outside.Ask(Transport.Tcp, Plan.Node(Family.IPv4), Inner).By);

        // Who takes part of it over with snat is reached by 127.0.0.1 there, and only there.
        other.Attachment.Add(PortMapping.Range(Transport.Tcp, Inner - 200, Inner)).Succeeded();
        Assert.Equal("other-20500", node.Ask(Transport.Tcp, Plan.Loopback(Family.IPv4), Inner).By);
        Assert.Equal("process", node.Ask(Transport.Tcp, Plan.Loopback(Family.IPv4), Inner + 1).By);
        Assert.Equal("media-20501", node.Outside.Ask(Transport.Tcp, Plan.Node(Family.IPv4), Inner + 1).By);

        media.Attachment.With("snat", "false").Del(range).Succeeded();
        other.Attachment.Del().Succeeded();
        Assert.Empty(Tables.SetsWithElements(node));
    }

    [Fact]
    public void A_network_with_conditions_has_ranges_of_its_own()
    {
        using Node node = new();
        Pod inside = Serving(node, "inside", Inner);
        Pod any = Serving(node, "any", Inner);
        PortMapping range = PortMapping.Range(Transport.Tcp, First, Last);
        Attachment conditional = (inside.Attachment with { Network = "narrow", IPv6 = null })
            .With("conditionsV4", "[\"ip\", \"saddr\", \"198.51.100.0/24\"]");
        conditional.Add(range).Succeeded();
        any.Attachment.With("onConflict", "\"fail\"").Add(range).Succeeded();

        Assert.Equal("inside-20500", node.Outside.Ask(
            Transport.Tcp, Plan.NodeSecond(Family.IPv4), Inner, Plan.OutsideSecond(Family.IPv4)).By);
        Assert.Equal("any-20500", node.Outside.Ask(Transport.Tcp, Plan.Node(Family.IPv4), Inner).By);
        conditional.Check(range).Succeeded();
        conditional.Del(range).Succeeded();
        Assert.Equal("any-20500", node.Outside.Ask(
            Transport.Tcp, Plan.NodeSecond(Family.IPv4), Inner, Plan.OutsideSecond(Family.IPv4)).By);
    }

    [Theory]
    [MemberData(nameof(Cases.Families), MemberType = typeof(Cases))]
    public void UDP_flows_go_where_the_range_now_leads_and_those_of_other_ports_stay(Family family)
    {
        using Node node = new();
        Pod old = Serving(node, "old", Inner, Inner + 1);
        Pod young = Serving(node, "young", Inner);
        PortMapping range = PortMapping.Range(Transport.Udp, First, Last);
        node.Serve(Inner, "process");
        using Flow flow = node.Outside.OpenUdpFlow(Plan.Node(family), Inner);
        using Flow neighbour = node.Outside.OpenUdpFlow(Plan.Node(family), Inner + 1);
        Assert.Equal("process", flow.Ask().By);

        old.Attachment.Add(range).Succeeded();
        Assert.Equal("old-20500", flow.Ask().By);
        Assert.Equal("old-20501", neighbour.Ask().By);

        young.Attachment.Add(PortMapping.Of(Transport.Udp, Inner, Inner)).Succeeded();
        Assert.Equal("young-20500", flow.Ask().By);
        Assert.Equal("old-20501", neighbour.Ask().By);

        young.Attachment.Del().Succeeded();
        old.Attachment.Del(range).Succeeded();
        Assert.Equal("process", flow.Ask().By);
    }

    [Fact]
    public void Sixteen_thousand_UDP_ports_are_one_element_and_take_no_longer_than_ten_times_one()
    {
        using Node node = new();
        Attachment media = node.AddPod("media").Attachment;
        PortMapping[] one = [PortMapping.Of(Transport.Udp, 16384, 16384)];
        PortMapping[] range = [PortMapping.Range(Transport.Udp, 16384, 32383)];
        PortMapping[] entries = [.. Enumerable.Range(16384, 16000).Select(static port => PortMapping.Of(Transport.Udp, port, port))];

        foreach (PortMapping[] mappings in (PortMapping[][])[range, entries])
        {
            media.Add(mappings).Succeeded();
            Assert.Equal(2, Tables.Elements(node).Count(static element => element.Contains(" ranges ", StringComparison.Ordinal)));
            Assert.DoesNotContain(Tables.Elements(node), static element => element.Contains(" hostports ", StringComparison.Ordinal));
            media.Del(mappings).Succeeded();
        }

        // The fastest of several, in turns: what else the machine does is not what is measured.
        TimeSpan[] add = [TimeSpan.MaxValue, TimeSpan.MaxValue, TimeSpan.MaxValue];
        TimeSpan[] delete = [TimeSpan.MaxValue, TimeSpan.MaxValue, TimeSpan.MaxValue];
        for (int turn = 0; turn < 15; turn++)
        {
            foreach ((int which, PortMapping[] mappings) in new[] { (0, one), (1, range), (2, entries) })
            {
                Stopwatch watch = Stopwatch.StartNew();
                media.Add(mappings).Succeeded();
                TimeSpan added = watch.Elapsed;
                media.Del(mappings).Succeeded();
                TimeSpan deleted = watch.Elapsed - added;
                add[which] = added < add[which] ? added : add[which];
                delete[which] = deleted < delete[which] ? deleted : delete[which];
            }
        }

        TestContext.Current.TestOutputHelper!.WriteLine(
            $"ADD and DEL of one {add[0]}, {delete[0]}; of a range {add[1]}, {delete[1]}; of 16,000 entries {add[2]}, {delete[2]}");
        Assert.All([1, 2], which => Assert.InRange(add[which], TimeSpan.Zero, add[0] * 10));
        Assert.All([1, 2], which => Assert.InRange(add[which] + delete[which], TimeSpan.Zero, (add[0] + delete[0]) * 10));
    }

    private static Pod Serving(Node node, string name, params int[] ports)
    {
        Pod pod = node.AddPod(name);
        foreach (int port in ports)
        {
            pod.Serve(port, $"{name}-{port}");
        }

        return pod;
    }
}
