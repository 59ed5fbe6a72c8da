using Berth.Kernel.Tests.Faults;
using Berth.Kernel.Tests.Plugin;

namespace Berth.Kernel.Tests.Iptables;

/// <summary>
/// A program of iptables that the plugin runs is killed, at each system call that acts in turn, as when memory is short: the plugin lives
/// on. What it says is true of what is there, its error names the program and the signal, and the same call again makes all good.
/// </summary>
[Collection(Toolsets.LockHolders)]
public sealed class IptablesChildKilledTests
{
    [Theory]
    [InlineData(Toolset.Nft, "ADD", "ip6tables-restore")]
    [InlineData(Toolset.Legacy, "DEL", "iptables-restore")]
    public void At_some_calls(Toolset toolset, string verb, string program) => Kill(toolset, verb, program, 4);

    [Theory]
    [Trait("tier", "slow")]
    [InlineData(Toolset.Nft, "ADD", "iptables-restore")]
    [InlineData(Toolset.Nft, "ADD", "ip6tables-restore")]
    [InlineData(Toolset.Nft, "DEL", "iptables-restore")]
    [InlineData(Toolset.Nft, "DEL", "ip6tables-restore")]
    [InlineData(Toolset.Nft, "GC", "iptables-restore")]
    [InlineData(Toolset.Nft, "GC", "ip6tables-restore")]
    [InlineData(Toolset.Legacy, "ADD", "iptables-restore")]
    [InlineData(Toolset.Legacy, "ADD", "ip6tables-restore")]
    [InlineData(Toolset.Legacy, "ADD", "ip6tables-save")]
    [InlineData(Toolset.Legacy, "DEL", "iptables-restore")]
    [InlineData(Toolset.Legacy, "DEL", "ip6tables-restore")]
    [InlineData(Toolset.Legacy, "DEL", "iptables-save")]
    [InlineData(Toolset.Legacy, "GC", "iptables-restore")]
    [InlineData(Toolset.Legacy, "GC", "ip6tables-restore")]
    [InlineData(Toolset.Legacy, "GC", "ip6tables-save")]
    public void At_every_call_that_acts(Toolset toolset, string verb, string program) => Kill(toolset, verb, program, 1);

    private static void Kill(Toolset toolset, string verb, string program, int step)
    {
        using IptablesFaultGround ground = new(toolset, verb);
        TamperedPrograms programs = new(toolset, program);
        ground.Prepare();
        ground.Call(programs.Record(ground.Web)).Succeeded();
        RecordedCalls calls = programs.Recorded;
        Assert.Contains(calls, static call => call.Name is "setsockopt" or "getsockopt");

        // Of its libraries it opens and closes the files before; and setsockopt(2) is how ip_tables is changed.
        SystemCall[] points = [.. calls
            .Where(static call => (call.IsActing && !call.IsOfStart) || call.Name is "setsockopt" or "flock")
            .Where((_, place) => place % step == 0)];
        int failed = 0;
        Sweep.Over($"{verb} with {program} killed, iptables {toolset}", calls, "that change nothing", points, (call, _, trace) =>
        {
            string what = $"{program} killed at {call}";
            ground.Prepare();
            PluginResult result = ground.Call(programs.Kill(ground.Web, call, trace));
            bool isKilled = SystemCall.WasKilled(trace);

            string[] left = ground.AssertWhole(what);
            if (result.Output.ExitCode == 0)
            {
                Assert.True(ground.Done.SequenceEqual(left), $"{verb}, {what}: says that it is done:\n{string.Concat(left)}");
            }
            else
            {
                failed++;
                result.Failed();
                Assert.True(verb != "ADD" || ground.Without.SequenceEqual(left), $"{verb}, {what}: leaves something:\n{string.Concat(left)}");
                Assert.Contains("ip", result.ErrorText, StringComparison.Ordinal);
                Assert.Contains("signal 9", result.ErrorText, StringComparison.Ordinal);
            }

            ground.AssertHeals(what);
            return isKilled;
        });
        Console.WriteLine($"{verb} with {program} killed, iptables {toolset}: {failed} calls of the plugin failed of it");
        Assert.InRange(failed, 1, points.Length);
    }
}
