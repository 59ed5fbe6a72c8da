using Berth.Kernel.Tests.Plugin;
using Berth.Kernel.Tests.Topology;

namespace Berth.Kernel.Tests;

/// <summary>One ADD changes everything that it should, in both families, or nothing.</summary>
[Trait("kernel", "any")]
public sealed class AtomicityTests
{
    // A chain of the name that is wanted, on another hook: whoever wants it for NAT is refused by the kernel.
    private const string Obstacle = """
        table FAMILY NAME {
            chain prerouting {
                type filter hook prerouting priority -50
            }
        }
        """;

    [Theory]
    [InlineData("ip", "berth")]
    [InlineData("ip6", "berth")]
    [InlineData("ip6", "cni_hostport")]
    public void When_one_family_cannot_be_changed_the_other_is_not(string family, string table)
    {
        using Node node = new();
        Pod web = node.AddPod("web");
        web.Serve(80);
        node.NftApply(Obstacle
            .Replace("FAMILY", family, StringComparison.Ordinal)
            .Replace("NAME", table, StringComparison.Ordinal));

        PluginResult result = web.Attachment.Add(new PortMapping(8080, 80));

        string expected = result.Output.ExitCode == 0 ? "web" : "refused";
        Assert.Equal(expected, node.Outside.Ask(Transport.Tcp, Plan.Node(Family.IPv4), 8080).By);
        Assert.Equal(expected, node.Outside.Ask(Transport.Tcp, Plan.Node(Family.IPv6), 8080).By);
        if (result.Output.ExitCode != 0)
        {
            result.Failed();
            Assert.Equal(0, Tables.CountOfPort(node, 8080));
            Assert.Equal("0", node.Sysctl("net.ipv4.conf.cni1.route_localnet"));
        }
    }

    [Fact]
    public void While_a_pod_is_replaced_its_port_is_never_refused()
    {
        using Node node = new();
        Pod[] pods = [node.AddPod("one"), node.AddPod("two")];
        foreach (Pod pod in pods)
        {
            pod.Serve(80);
        }

        pods[0].Attachment.Add(new PortMapping(8080, 80)).Succeeded();
        bool stopped = false;
        List<Answer> bad = [];
        Thread asker = new(() =>
        {
            while (!Volatile.Read(ref stopped))
            {
                Answer answer = node.Outside.Ask(Transport.Tcp, Plan.Node(Family.IPv4), 8080);
                if (answer.By is not ("one" or "two"))
                {
                    bad.Add(answer);
                }
            }
        });
        asker.Start();

        for (int i = 1; i <= 10; i++)
        {
            pods[i % 2].Attachment.Add(new PortMapping(8080, 80)).Succeeded();
            pods[(i + 1) % 2].Attachment.Del(new PortMapping(8080, 80)).Succeeded();
        }

        Volatile.Write(ref stopped, true);
        asker.Join();
        Assert.Empty(bad);
    }
}
