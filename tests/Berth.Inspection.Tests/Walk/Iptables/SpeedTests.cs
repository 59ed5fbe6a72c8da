using System.Net;
using System.Net.Sockets;
using Berth.Inspection.Tests.Kernel;

namespace Berth.Inspection.Tests.Walk.Iptables;

/// <summary>Sixty thousand rules of kube-proxy's. Bounds are wide, and of processor time: other tests run beside these.</summary>
public sealed class SpeedTests : KernelTests
{
    private const int Services = 10_000;
    private static readonly TimeSpan OfAWalk = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan OfAnIndex = TimeSpan.FromMilliseconds(250);

    [Theory]
    [Trait("tier", "slow")]
    [InlineData("legacy")]
    [InlineData("nft")]
    public void A_packet_is_walked_among_sixty_thousand_rules_in_less_than_a_second(string flavour)
    {
        MakeLink("eth0", "192.0.2.1/24");
        Tool restored = Tool.Try($"iptables-{flavour}-restore", [], KubeProxyIptables.Services(Services));
        Assert.True(restored.ExitCode == 0, restored.Errors);
        try
        {
            // The last of them, behind 9,999 rules of one chain.
            WalkQuestion question = new(6, IPAddress.Parse("10.100.39.15"))
            {
                DestinationPort = 80,
                Source = IPAddress.Parse("192.0.2.9"),
                Interface = "eth0",
            };
            WalkAnswer answer = PacketWalk.ExplainHere(new NodeReaderOptions(), question);
            Assert.Equal(2, answer.Ways.Count);
            Assert.Contains(answer.Ways[0].Steps, static step => step.Rule is string rule
                && rule.StartsWith("-A KUBE-SERVICES -d 10.100.39.15/32 ", StringComparison.Ordinal));

            TimeSpan start = Environment.CpuUsage.TotalTime;
            PacketWalk.ExplainHere(new NodeReaderOptions(), question);
            Assert.InRange(Environment.CpuUsage.TotalTime - start, TimeSpan.Zero, OfAWalk);
        }
        finally
        {
            Tool.Run($"iptables-{flavour}", "-t", "nat", "-F");
            Tool.Run($"iptables-{flavour}", "-t", "nat", "-X");
        }
    }

    [Fact]
    public void The_text_of_sixty_thousand_rules_is_indexed_in_no_time()
    {
        string text = KubeProxyIptables.Services(Services);
        SavedTables.Index(AddressFamily.InterNetwork, text);

        TimeSpan start = Environment.CpuUsage.TotalTime;
        SavedTables tables = SavedTables.Index(AddressFamily.InterNetwork, text);
        Assert.InRange(Environment.CpuUsage.TotalTime - start, TimeSpan.Zero, OfAnIndex);
        Assert.Equal(Services, tables.Tables["nat"].Rules("KUBE-SERVICES").Count);
        Assert.Single(tables.Tables["nat"].Rules("KUBE-MARK-MASQ"));
    }
}
