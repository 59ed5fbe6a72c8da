using System.Net;
using Berth.Inspection.Tests.Kernel;

namespace Berth.Inspection.Tests.Walk.Iptables;

/// <summary>The same rules in either flavour lead a packet the same way, by rules in the words of iptables-save.</summary>
public sealed class FlavourTests : KernelTests
{
    private const string Rules = """
        *nat
        :PREROUTING ACCEPT [0:0]
        :POSTROUTING ACCEPT [0:0]
        :KUBE-SERVICES - [0:0]
        :KUBE-MARK-MASQ - [0:0]
        :KUBE-SVC-A - [0:0]
        :KUBE-SEP-A - [0:0]
        :KUBE-SEP-B - [0:0]
        -A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
        -A KUBE-MARK-MASQ -j MARK --or-mark 0x4000
        -A KUBE-SERVICES -d 10.96.0.10/32 -p tcp -m comment --comment "shop/web:http cluster IP" -m tcp --dport 80 -j KUBE-SVC-A
        -A KUBE-SVC-A ! -s 10.244.0.0/16 -d 10.96.0.10/32 -p tcp -m comment --comment "shop/web:http cluster IP" -m tcp --dport 80 -j KUBE-MARK-MASQ
        -A KUBE-SVC-A -m comment --comment "shop/web:http -> 10.1.0.2:8080" -m statistic --mode random --probability 0.25000000000 -j KUBE-SEP-A
        -A KUBE-SVC-A -m comment --comment "shop/web:http -> 10.1.0.3:8080" -j KUBE-SEP-B
        -A KUBE-SEP-A -p tcp -m comment --comment "shop/web:http" -m tcp -j DNAT --to-destination 10.1.0.2:8080
        -A KUBE-SEP-B -p tcp -m comment --comment "shop/web:http" -m tcp -j DNAT --to-destination 10.1.0.3:8080
        -A POSTROUTING -m mark --mark 0x4000/0x4000 -j MASQUERADE --random-fully
        COMMIT
        *filter
        :FORWARD DROP [0:0]
        -A FORWARD -d 10.1.0.2/32 -m conntrack --ctstate NEW -m conntrack --ctstate DNAT -j ACCEPT
        COMMIT

        """;

    public FlavourTests()
    {
        MakeLink("eth0", "192.0.2.1/24");
        MakeLink("cni0", "10.1.0.1/24");
        File.WriteAllText("/proc/sys/net/ipv4/ip_forward", "1");
    }

    [Theory]
    [InlineData("legacy", false)]
    [InlineData("legacy", true)]
    [InlineData("nft", false)]
    [InlineData("nft", true)]
    public void A_packet_to_a_service_goes_to_one_of_its_endpoints(string flavour, bool isHere)
    {
        Tool restored = Tool.Try($"iptables-{flavour}-restore", [], Rules);
        Assert.True(restored.ExitCode == 0, restored.Errors);
        try
        {
            WalkQuestion question = new(6, IPAddress.Parse("10.96.0.10"))
            {
                DestinationPort = 80,
                Source = IPAddress.Parse("192.0.2.9"),
                Interface = "eth0",
            };
            WalkAnswer answer = isHere
                ? PacketWalk.ExplainHere(new NodeReaderOptions(), question)
                : PacketWalk.Explain(Read(), question);

            Assert.Equal(
                [0.25, 0.75], answer.Ways.Select(static way => way.Probability).Order());
            WalkWay first = answer.Ways.Single(static way => way.Probability < 0.5);
            WalkWay second = answer.Ways.Single(static way => way.Probability > 0.5);
            Assert.Contains("10.1.0.2:8080", first.End.Text, StringComparison.Ordinal);
            Assert.Equal(WalkOutcome.Dropped, second.End.Outcome);
            Assert.Contains("policy drop", second.End.Text, StringComparison.Ordinal);
            Assert.Equal(
                [
                    "-A PREROUTING -m comment --comment \"kubernetes service portals\" -j KUBE-SERVICES",
                    "-A KUBE-SERVICES -d 10.96.0.10/32 -p tcp -m comment --comment \"shop/web:http cluster IP\" -m tcp --dport 80 -j KUBE-SVC-A",
                    "-A KUBE-SVC-A ! -s 10.244.0.0/16 -d 10.96.0.10/32 -p tcp -m comment --comment \"shop/web:http cluster IP\" -m tcp --dport 80 -j KUBE-MARK-MASQ",
                    "-A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000",
                    "-A KUBE-SVC-A -m comment --comment \"shop/web:http -> 10.1.0.2:8080\" -m statistic --mode random --probability 0.25000000000 -j KUBE-SEP-A",
                    "-A KUBE-SEP-A -p tcp -m comment --comment \"shop/web:http\" -m tcp -j DNAT --to-destination 10.1.0.2:8080",
                    "-A FORWARD -d 10.1.0.2/32 -m conntrack --ctstate NEW -m conntrack --ctstate DNAT -j ACCEPT",
                    "-A POSTROUTING -m mark --mark 0x4000/0x4000 -j MASQUERADE --random-fully",
                ],
                first.Steps.Where(static step => step.Rule is not null).Select(static step => step.Rule));
        }
        finally
        {
            Tool.Run($"iptables-{flavour}", "-t", "nat", "-F");
            Tool.Run($"iptables-{flavour}", "-t", "nat", "-X");
            Tool.Run($"iptables-{flavour}", "-F");
            Tool.Run($"iptables-{flavour}", "-P", "FORWARD", "ACCEPT");
        }
    }
}
