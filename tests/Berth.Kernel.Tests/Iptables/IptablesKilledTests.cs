using System.Diagnostics;
using Berth.Kernel.Tests.Faults;
using Berth.Kernel.Tests.Plugin;
using Berth.Kernel.Tests.Topology;

namespace Berth.Kernel.Tests.Iptables;

/// <summary>Killed at any system call, the plugin leaves the rules of each family whole or leaves none of it, and the same
/// call again makes all good.</summary>
[Collection(Toolsets.LockHolders)]
public sealed class IptablesKilledTests
{
    private static readonly PortMapping[] Mappings = [new(8080, 80), new(8080, 80, "udp")];

    [Theory]
    [InlineData(Toolset.Nft, "ADD")]
    [InlineData(Toolset.Legacy, "DEL")]
    public void At_some_calls(Toolset toolset, string verb) => Kill(toolset, verb, 16);

    [Theory]
    [Trait("tier", "slow")]
    [InlineData(Toolset.Nft, "ADD")]
    [InlineData(Toolset.Nft, "DEL")]
    [InlineData(Toolset.Nft, "GC")]
    [InlineData(Toolset.Legacy, "ADD")]
    [InlineData(Toolset.Legacy, "DEL")]
    [InlineData(Toolset.Legacy, "GC")]
    public void At_every_call(Toolset toolset, string verb) => Kill(toolset, verb, 1);

    private static void Kill(Toolset toolset, string verb, int step)
    {
        using Node node = new();
        Attachment web = (node.AddPod("web").Attachment with { CniVersion = "1.1.0" }).On(toolset);
        Attachment neighbour = (node.AddPod("neighbour").Attachment with { CniVersion = "1.1.0" }).On(toolset);
        neighbour.Add(new PortMapping(9090, 80)).Succeeded();
        web.Add(Mappings).Succeeded();
        string[] with = Save();
        web.Del(Mappings).Succeeded();
        string[] without = Save();
        Assert.Contains("9090", without[0], StringComparison.Ordinal);
        Assert.All([0, 1], family => Assert.NotEqual(with[family], without[family]));

        Prepare();
        IReadOnlyList<SystemCall> calls = SystemCall.Of(web, w => Call(w).Succeeded());
        int killed = 0;
        int tried = 0;
        for (int i = 0; i < calls.Count; i++)
        {
            // Killed behind a call that changes nothing, it leaves what it leaves before that.
            if (i % step != 0 || (step > 1 && calls[i].IsOfStart) || (step == 1 && i > 0 && !calls[i].MayChange && !calls[i - 1].MayChange))
            {
                continue;
            }

            Prepare();
            PluginResult result = Call(calls[i].Kill(web));
            tried++;
            killed += result.Output.ExitCode == SystemCall.KilledExitCode ? 1 : 0;
            AwaitOrphans(node);

            string[] left = Save();
            Assert.All([0, 1], family => Assert.True(
                left[family] == with[family] || left[family] == without[family], $"{verb}, {calls[i]}:\n{left[family]}"));
            Call(web).Succeeded();
            Assert.Equal(verb == "ADD" ? with : without, Save());
        }

        FaultGround.Report($"{verb} killed, iptables {toolset}", killed, tried, calls);

        void Prepare() => _ = verb == "ADD" ? web.Del(Mappings).Succeeded() : web.Add(Mappings).Succeeded();

        PluginResult Call(Attachment pod) => verb switch
        {
            "ADD" => pod.Add(Mappings),
            "DEL" => pod.Del(Mappings),
            _ => pod.Gc(neighbour),
        };

        string[] Save() => [node.Save(toolset, Family.IPv4), node.Save(toolset, Family.IPv6)];
    }

    // A program that the plugin had started goes on without it.
    private static void AwaitOrphans(Node node)
    {
        long start = Stopwatch.GetTimestamp();
        while (NodeProcesses.Find(node, "ip", "xt", "portmap").Any())
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromMinutes(1), "a program of iptables does not end");
            Thread.Sleep(2);
        }
    }
}
