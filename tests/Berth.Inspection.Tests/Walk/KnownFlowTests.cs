using System.Net;

namespace Berth.Inspection.Tests.Walk;

/// <summary>What is said of UDP flows that connection tracking knows already.</summary>
public sealed class KnownFlowTests
{
    private const string Rules = """
        *nat
        :PREROUTING ACCEPT [0:0]
        -A PREROUTING -p udp -m udp --dport 53 -m statistic --mode random --probability 0.5 -j DNAT --to-destination 10.1.0.2:53
        -A PREROUTING -p udp -m udp --dport 53 -j DNAT --to-destination 10.1.0.3:53
        COMMIT

        """;

    private static WalkAnswer Ask(string target, ushort? port)
    {
        NodeSnapshot node = WalkNodes.Of(Rules) with
        {
            UdpFlows = Part.Of<IReadOnlyList<UdpFlow>>(
                [new(IPAddress.Parse("192.0.2.9"), 40000, IPAddress.Parse("192.0.2.1"), 53, IPAddress.Parse(target), 53)]),
        };
        return PacketWalk.Explain(node, new WalkQuestion(17, IPAddress.Parse("192.0.2.1"))
        {
            DestinationPort = 53,
            Source = IPAddress.Parse("192.0.2.9"),
            SourcePort = port,
            Interface = "eth0",
        });
    }

    [Fact]
    public void A_flow_to_one_of_those_that_chance_chooses_from_is_nothing_to_speak_of()
    {
        WalkAnswer answer = Ask("10.1.0.2", null);
        Assert.Equal((WalkConclusion.Delivered, 2), (answer.Conclusion, answer.Ways.Count));
        Assert.DoesNotContain(answer.Notes, static note => note.Contains("conntrack", StringComparison.Ordinal));
    }

    [Fact]
    public void A_flow_to_nobody_of_them_is_said_to_be_another()
    {
        WalkAnswer answer = Ask("10.1.0.77", null);
        Assert.Equal(WalkConclusion.Delivered, answer.Conclusion);
        Assert.Contains("it is of none of 1 UDP flow that conntrack knows, whose packets still go to 10.1.0.77:53, past all nat rules", answer.Notes);
    }

    [Theory]
    [InlineData("10.1.0.2")]
    [InlineData("10.1.0.77")]
    public void Where_just_that_flow_is_asked_for_the_answer_hangs_on_it(string target)
    {
        WalkAnswer answer = Ask(target, 40000);
        Assert.Equal(WalkConclusion.Depends, answer.Conclusion);
        Assert.All(answer.Ways, way => Assert.Equal(
            $"it begins a connection: conntrack knows one between just these, whose packets still go to {target}:53, past all nat rules",
            Assert.Single(way.Conditions).Text));
    }
}
