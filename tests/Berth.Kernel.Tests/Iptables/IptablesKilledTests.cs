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
        IReadOnlyList<SystemCall> calls = ground.SystemCalls();
        int killed = 0;
        int tried = 0;
        for (int i = 0; i < calls.Count; i++)
        {
            // Killed behind a call that changes nothing, it leaves what it leaves before that.
            if (i % step != 0 || (step > 1 && calls[i].IsOfStart) || (step == 1 && i > 0 && !calls[i].MayChange && !calls[i - 1].MayChange))
            {
                continue;
            }

            ground.Prepare();
            PluginResult result = ground.Call(calls[i].Kill(ground.Web));
            tried++;
            killed += result.Output.ExitCode == SystemCall.KilledExitCode ? 1 : 0;
            ground.AwaitPrograms("portmap");
            ground.AssertWhole(calls[i]);
            ground.AssertHeals(calls[i]);
        }

        FaultGround.Report($"{verb} killed, iptables {toolset}", killed, tried, calls);
    }
}
