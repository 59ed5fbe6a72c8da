using Berth.Kernel.Tests.Faults;
using Berth.Kernel.Tests.Plugin;

namespace Berth.Kernel.Tests.Iptables;

/// <summary>Killed at any system call, the plugin leaves the rules of each family whole or leaves none of it, and the same
/// call again makes all good.</summary>
[Collection(Toolsets.LockHolders)]
public sealed class IptablesKilledTests
{
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
        using IptablesFaultGround ground = new(toolset, verb);
        RecordedCalls calls = ground.SystemCalls();
        IEnumerable<SystemCall> points = calls.Where((call, place) => step == 1 || (place % step == 0 && !call.IsOfStart));
        string leftOut = step == 1 ? "none" : "that a quick sweep passes over";
        Sweep.Over($"{verb} killed, iptables {toolset}", calls, leftOut, points, (call, _, trace) =>
        {
            ground.Prepare();
            bool isKilled = ground.Call(call.Kill(ground.Web, trace)).Output.ExitCode == SystemCall.KilledExitCode;
            ground.AwaitPrograms("portmap");
            ground.AssertWhole(call);
            ground.AssertHeals(call);
            return isKilled;
        });
    }
}
