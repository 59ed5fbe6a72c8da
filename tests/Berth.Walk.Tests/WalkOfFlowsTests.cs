using System.Net;
using Berth.Walk.Tests.Judge;

namespace Berth.Walk.Tests;

/// <summary>What the way of a single packet does not show: who answers from where, and what is known or kept before.</summary>
public sealed class WalkOfFlowsTests : KernelTests
{
    private static readonly SentPacket Udp = new()
    {
        From = Topology.Outside,
        Protocol = SentPacket.Udp,
        Source = IPAddress.Parse("192.0.2.10"),
        Destination = IPAddress.Parse("192.0.2.1"),
        SourcePort = 40000,
        DestinationPort = 8080,
    };

    [Theory]
    [InlineData(Topology.Outside, "192.0.2.10", "192.0.2.1", null)]
    [InlineData(Topology.Outside, "192.0.2.10", "192.0.2.2", "192.0.2.1")]
    [InlineData(Topology.Outside, "192.0.2.10", "10.244.1.1", "192.0.2.1")]
    [InlineData(Topology.PodA, "10.244.1.2", "10.244.1.1", null)]
    [InlineData(Topology.PodA, "10.244.1.2", "192.0.2.1", "10.244.1.1")]
    [InlineData(Topology.Node, "192.0.2.1", "192.0.2.2", "192.0.2.1")]
    [InlineData(Topology.Outside, "2001:db8:1::10", "2001:db8:1::1", "2001:db8:1::2")]
    [InlineData(Topology.Outside, "2001:db8:1::10", "2001:db8:1::2", null)]
    [InlineData(Topology.PodA, "fd00:244:1::2", "2001:db8:1::1", "fd00:244:1::1")]
    public void A_process_that_leaves_it_to_the_kernel_answers_from_where_the_walk_says(string from, string source, string destination, string? other)
    {
        using Topology topology = new();
        using Sender sender = new(topology);
        Topology.Set(NodeSettings.Usual);
        SentPacket packet = Udp with
        {
            From = from,
            Source = IPAddress.Parse(source),
            Destination = IPAddress.Parse(destination),
            IsAnsweredFromAnywhere = true,
        };
        WalkAnswer answer = PacketWalk.Explain(Read(), QuestionOf(packet));
        WalkReply reply = Assert.Single(answer.Ways).Reply!;
        Assert.Equal((true, other), (reply.Arrives, reply.OtherSource?.ToString()));
        Assert.Equal(other is not null, answer.Notes.Any(static note => note.Contains("IP_PKTINFO", StringComparison.Ordinal)));
        Observation seen = sender.Send(packet, isPatient: true);
        Assert.Equal(other ?? destination, seen.Answer(from)?.Source.ToString());
    }

    [Theory]
    [InlineData((ushort)40000, WalkConclusion.Depends)]
    [InlineData(null, WalkConclusion.Delivered)]
    public void What_conntrack_knows_goes_on_as_it_began_and_the_walk_says_so(ushort? port, WalkConclusion conclusion)
    {
        using Topology topology = new();
        using Sender sender = new(topology);
        Topology.Set(NodeSettings.Usual);
        // Without a rule that asks for it the kernel tracks nothing.
        Tool.Nft("table ip keep {\n chain a {\n type filter hook forward priority 0\n ct state established counter\n }\n}\n");
        Tool.Nft("table ip t {\n chain c {\n type nat hook prerouting priority -100\n udp dport 8080 dnat to 10.244.2.2:80\n }\n}\n");
        Assert.Equal(Topology.PodR, sender.Send(Udp).Arrived?.Place);
        WalkQuestion question = QuestionOf(Udp) with { SourcePort = port };
        Assert.Equal((WalkConclusion.Delivered, false), IsKnown(PacketWalk.Explain(Read(), question)));

        Tool.Run("nft", "flush", "chain", "ip", "t", "c");
        WalkAnswer answer = PacketWalk.Explain(Read(), question);
        Assert.Equal((conclusion, true), IsKnown(answer));
        Assert.StartsWith("socket of", Assert.Single(answer.Ways).End.Text, StringComparison.Ordinal);
        Assert.Equal((conclusion, true), IsKnown(PacketWalk.ExplainHere(new NodeReaderOptions(), question)));
        Assert.Equal(Topology.PodR, sender.Send(Udp, isPatient: true, isOfKnownFlow: true).Arrived?.Place);
        Assert.Equal(Topology.Node, sender.Send(Udp, isPatient: true).Arrived?.Place);
    }

    [Theory]
    [InlineData("10.244.1.2")]
    [InlineData("fd00:244:1::2")]
    public void What_a_pod_sends_to_itself_never_gets_to_the_node(string address)
    {
        using Topology topology = new();
        using Sender sender = new(topology);
        Topology.Set(NodeSettings.Usual with { BridgeCallsIptables = true });
        Tool.Nft("table inet t {\n chain c {\n type filter hook prerouting priority -300\n drop\n }\n}\n");
        SentPacket packet = Udp with { From = Topology.PodA, Source = IPAddress.Parse(address), Destination = IPAddress.Parse(address) };
        WalkAnswer answer = PacketWalk.Explain(Read(), QuestionOf(packet) with { Interface = null });
        WalkWay way = Assert.Single(answer.Ways);
        Assert.Equal((WalkConclusion.Delivered, WalkEndpointKind.Pod, address, true), (answer.Conclusion, way.End.Kind, way.End.Address?.ToString(), way.Reply!.Arrives));
        Assert.Equal(Topology.PodA, sender.Send(packet, isPatient: true).Arrived?.Place);
    }

    private static WalkQuestion QuestionOf(SentPacket packet) => new(packet.Protocol, packet.Destination)
    {
        DestinationPort = packet.DestinationPort,
        Source = packet.Source,
        SourcePort = packet.SourcePort,
        Origin = packet.From == Topology.Node ? WalkOrigin.Node : WalkOrigin.Outside,
        Interface = packet.From switch { Topology.Node => null, Topology.PodA => "vetha", _ => "eth0" },
    };

    private static (WalkConclusion Conclusion, bool IsKnown) IsKnown(WalkAnswer answer) => (
        answer.Conclusion,
        answer.Ways.SelectMany(static way => way.Conditions).Select(static condition => condition.Text).Concat(answer.Notes)
            .Any(static text => text.Contains("whose packets still go to 10.244.2.2:80", StringComparison.Ordinal)));
}
