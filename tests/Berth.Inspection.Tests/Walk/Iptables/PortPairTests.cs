using System.Net;
using System.Net.Sockets;
using Berth.Inspection.Tests.Kernel;
using Berth.NfTables;

namespace Berth.Inspection.Tests.Walk.Iptables;

/// <summary>
/// "! --sport A ! --dport B" of iptables' nft flavour is one comparison in the kernel, though it is printed as two: the walk
/// goes by the kernel.
/// </summary>
public sealed class PortPairTests : KernelTests
{
    private const string Rule = "-A INPUT -p udp -m udp ! --sport 6700 ! --dport 6800 -j DROP";

    [Theory]
    [InlineData("legacy", 6701, 6801)]
    [InlineData("legacy", 6700, 6801)]
    [InlineData("legacy", 6701, 6800)]
    [InlineData("legacy", 6700, 6800)]
    [InlineData("nft", 6701, 6801)]
    [InlineData("nft", 6700, 6801)]
    [InlineData("nft", 6701, 6800)]
    [InlineData("nft", 6700, 6800)]
    public void Two_inverted_ports_let_through_what_the_kernel_lets_through(string flavour, int source, int destination)
    {
        Tool.Run($"iptables-{flavour}", Rule.Split(' '));
        try
        {
            Assert.Contains(Rule, Tool.Run($"iptables-{flavour}-save"), StringComparison.Ordinal);
            NodeSnapshot node = Read();
            WalkPacket packet = PacketWords.Parse($"udp sport={source} dport={destination}") with { Hook = NfHook.Input };
            WalkProgram program = WalkRuleset.Of(node).Programs(new WalkNode(node), AddressFamily.InterNetwork)
                .Single(program => program is { Hook: NfHook.Input, Table: "filter" } && program.IsLegacy == (flavour == "legacy"));
            RuleOutcome way = Assert.Single(Assert.Single(program.Rules("INPUT")).Evaluate(packet, new WalkNode(node)));

            Assert.Equal(!Arrives(source, destination), way.Verdict == WalkVerdict.Drop);
            Assert.Equal(Rule, Assert.Single(program.Rules("INPUT")).Text);
        }
        finally
        {
            Tool.Run($"iptables-{flavour}", "-F", "INPUT");
        }
    }

    private static bool Arrives(int source, int destination)
    {
        using UdpClient receiver = new(new IPEndPoint(IPAddress.Loopback, destination));
        using UdpClient sender = new(new IPEndPoint(IPAddress.Loopback, source));
        sender.Send([1], new IPEndPoint(IPAddress.Loopback, destination));
        // Over loopback it is there when send returns, or never.
        return receiver.Available > 0;
    }
}
