using System.Diagnostics;
using Berth.Kernel.Tests.Plugin;
using Berth.Kernel.Tests.Topology;

namespace Berth.Kernel.Tests;

/// <summary>A thousand ports in one call.</summary>
public sealed class ManyPortsTests
{
    private const int First = 20000;
    private const int Count = 1000;

    [Theory]
    [MemberData(nameof(Cases.Families), MemberType = typeof(Cases))]
    public void A_thousand_ports_to_one_container_port_come_and_go_in_one_call_each(Family family)
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        Pod other = node.AddPod("other");
        web.Serve(80);
        other.Serve(80);
        other.Attachment.Add(new PortMapping(First - 1, 80)).Succeeded();
        PortMapping[] mappings = [.. Enumerable.Range(First, Count).Select(port => new PortMapping(port, 80))];

        web.Attachment.Add(mappings).Succeeded();
        foreach (int port in new[] { First, First + (Count / 2), First + Count - 1 })
        {
            Assert.Equal("web", node.Outside.Ask(Transport.Tcp, Plan.Node(family), port).By);
        }

        Assert.Equal(Answer.Refused, node.Outside.Ask(Transport.Tcp, Plan.Node(family), First + Count));
        web.Attachment.Check(mappings).Succeeded();

        web.Attachment.Del(mappings).Succeeded();
        foreach (int port in new[] { First, First + (Count / 2), First + Count - 1 })
        {
            Assert.Equal(Answer.Refused, node.Outside.Ask(Transport.Tcp, Plan.Node(family), port));
        }

        Assert.Equal("other", node.Outside.Ask(Transport.Tcp, Plan.Node(family), First - 1).By);
    }

    [Theory]
    [MemberData(nameof(Cases.Everything), MemberType = typeof(Cases))]
    public void A_long_run_of_equal_ports_on_both_sides_keeps_each_port(Transport transport, Family family)
    {
        using Node node = new();
        Pod media = node.AddPod("media");
        int[] asked = [First, First + 1, First + (Count / 2), First + Count - 1];
        foreach (int port in asked)
        {
            media.Serve(port, $"port-{port}");
        }

        PortMapping[] mappings =
            [.. Enumerable.Range(First, Count).Select(port => PortMapping.Of(transport, port, port))];

        media.Attachment.Add(mappings).Succeeded();
        foreach (int port in asked)
        {
            Assert.Equal(
                Answer.From($"port-{port}", Plan.Outside(family)),
                node.Outside.Ask(transport, Plan.Node(family), port));
        }

        media.Attachment.Check(mappings).Succeeded();
        media.Attachment.Del(mappings).Succeeded();
        foreach (int port in asked)
        {
            Assert.Equal(Answer.Refused, node.Outside.Ask(transport, Plan.Node(family), port));
        }
    }

    [Theory]
    [MemberData(nameof(Cases.Families), MemberType = typeof(Cases))]
    public void A_takeover_in_the_middle_of_a_long_run_takes_that_port_alone(Family family)
    {
        using Node node = new();
        Pod media = node.AddPod("media");
        Pod young = node.AddPod("young");
        int middle = First + 50;
        foreach (int port in new[] { middle - 1, middle, middle + 1 })
        {
            media.Serve(port);
        }

        young.Serve(80);
        PortMapping[] run = [.. Enumerable.Range(First, 100).Select(port => new PortMapping(port, port))];
        media.Attachment.Add(run).Succeeded();

        young.Attachment.Add(new PortMapping(middle, 80)).Succeeded();
        Assert.Equal("media", node.Outside.Ask(Transport.Tcp, Plan.Node(family), middle - 1).By);
        Assert.Equal("young", node.Outside.Ask(Transport.Tcp, Plan.Node(family), middle).By);
        Assert.Equal("media", node.Outside.Ask(Transport.Tcp, Plan.Node(family), middle + 1).By);

        media.Attachment.Del(run).Succeeded();
        Assert.Equal(Answer.Refused, node.Outside.Ask(Transport.Tcp, Plan.Node(family), middle - 1));
        Assert.Equal("young", node.Outside.Ask(Transport.Tcp, Plan.Node(family), middle).By);
    }

    [Theory]
    [MemberData(nameof(Cases.Families), MemberType = typeof(Cases))]
    public void A_long_run_takes_over_a_single_port_within_it(Family family)
    {
        using Node node = new();
        Pod single = node.AddPod("single");
        Pod media = node.AddPod("media");
        int middle = First + 50;
        single.Serve(80);
        media.Serve(middle);
        single.Attachment.Add(new PortMapping(middle, 80)).Succeeded();
        PortMapping[] run = [.. Enumerable.Range(First, 100).Select(port => new PortMapping(port, port))];

        media.Attachment.Add(run).Succeeded();
        Assert.Equal("media", node.Outside.Ask(Transport.Tcp, Plan.Node(family), middle).By);

        single.Attachment.Del(new PortMapping(middle, 80)).Succeeded();
        Assert.Equal("media", node.Outside.Ask(Transport.Tcp, Plan.Node(family), middle).By);
    }

    [Fact]
    public void The_time_of_DEL_grows_with_its_ports_and_not_faster()
    {
        using Node node = new();
        Attachment web = node.AddPod("web").Attachment;

        // Each port against all the others would be twenty-five times in every round; five times the ports take ten times
        // as long on a busy machine only, and not in every round.
        Assert.Contains(Enumerable.Range(0, 10), _ => TimeOfDel(5000) < TimeOfDel(1000) * 10);

        TimeSpan TimeOfDel(int count)
        {
            PortMapping[] mappings = [.. Enumerable.Range(First, count).Select(port => new PortMapping(port, 80))];
            web.Add(mappings).Succeeded();
            Stopwatch watch = Stopwatch.StartNew();
            web.Del(mappings).Succeeded();
            return watch.Elapsed;
        }
    }
}
