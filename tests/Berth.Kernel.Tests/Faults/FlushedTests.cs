using Berth.Kernel.Tests.Plugin;
using Berth.Kernel.Tests.Topology;

namespace Berth.Kernel.Tests.Faults;

/// <summary>Somebody flushes between any two system calls of the plugin: what it says is true of what is there, and the next
/// call makes all good.</summary>
public sealed class FlushedTests
{
    // Each does nothing when the mapping is there already: whoever says that it made it has made it after this.
    private const string UnlessMade = "create element ip berth hostports { tcp . 8080 : 203.0.113.9 . 9 }\n";
    private const string Tables = UnlessMade + "delete table ip berth\ndelete table ip6 berth\n";
    private const string OneTable = UnlessMade + "delete table ip berth\n";
    private const string Map = UnlessMade + "flush map ip berth hostports\n";

    // What a call that changes nothing is followed by sees what it has seen.
    internal const string LeftOut = "behind which nothing can be changed that was not before";

    [Theory]
    [InlineData("ADD", Tables)]
    [InlineData("DEL", Tables)]
    public void Between_some_calls_that_act(string verb, string ruleset) =>
        Flush(verb, ruleset, static (call, place) => call is { Name: "sendto" or "sendmsg", IsOfStart: false } && place % 3 == 0);

    [Theory]
    [Trait("tier", "slow")]
    [InlineData("ADD", Tables)]
    [InlineData("ADD", OneTable)]
    [InlineData("ADD", Map)]
    [InlineData("DEL", Tables)]
    [InlineData("DEL", OneTable)]
    [InlineData("GC", Tables)]
    [InlineData("GC", Map)]
    public void Between_any_two_calls_that_may_see_it(string verb, string ruleset) => Flush(verb, ruleset, static (call, _) =>
        call is { IsOfStart: false } && (call.MayChange || call.IsListening) && call.Name != "exit_group");

    [Theory]
    [Trait("tier", "slow")]
    [InlineData("DEL", Tables)]
    [InlineData("DEL", Map)]
    [InlineData("GC", Tables)]
    [InlineData("GC", Map)]
    public void Between_the_parts_of_long_listings(string verb, string ruleset) => Flush(
        verb, ruleset, static (call, place) => call is { IsListening: true, IsOfStart: false } && place % 3 == 0, crowd: 1_000);

    private static void Flush(string verb, string ruleset, Func<SystemCall, int, bool> where, int crowd = 0)
    {
        using FaultGround ground = new(crowd);
        RecordedCalls calls = ground.SystemCalls(verb);
        int notMade = 0;
        Sweep.Over($"{verb} with a flush in between", calls, LeftOut, calls.Where(where), (call, _, trace) =>
        {
            ground.Restore(verb);
            ground.Prepare(verb);

            // For DEL and GC the mapping is there, and it is flushed all the same.
            string script = verb == "ADD" ? ruleset : ruleset.Replace(UnlessMade, "", StringComparison.Ordinal);
            (PluginResult Result, bool IsFlushed)? run = StoppedPlugin.Run(
                ground.Web, call, trace, web => ground.Call(verb, web),
                () => Command.Run(ground.Node.NetnsPath, "nft", ["-f", "-"], script).ExitCode == 0);
            if (run is not { } done)
            {
                return false;
            }

            string what = $"{verb}, flushed behind {call}";
            if (done.Result.Output.ExitCode != 0)
            {
                done.Result.Failed();
                Assert.Fail($"{what}: {done.Result.ErrorText}");
            }

            if (verb == "ADD" && done.IsFlushed)
            {
                ground.Web.Check(FaultGround.Mappings).Succeeded();
                notMade++;
            }

            ground.Call(verb, ground.Web).Succeeded();
            if (verb == "ADD")
            {
                ground.Web.Check(FaultGround.Mappings).Succeeded();
            }
            else
            {
                Assert.DoesNotContain(ground.Elements(), static element => element.Contains("web-01", StringComparison.Ordinal));

                // What the sysctl was before stood in the table, and nowhere else.
                Assert.True(ruleset != Map || ground.RouteLocalnet() == "0", what);
            }

            ground.Restore(verb);
            ground.AssertButForLinks(verb, what);
            return true;
        });
        Assert.True(verb != "ADD" || notMade > 0);
    }
}
