using Berth.Kernel.Tests.Plugin;

namespace Berth.Kernel.Tests.Faults;

/// <summary>GC killed at any system call, as <see cref="KilledTests"/> has it for ADD and DEL.</summary>
public sealed class CollectKilledTests
{
    [Fact]
    public void GC_leaves_all_of_a_dead_pod_or_nothing_and_GC_again_completes_it() => Kill(static call => call is { IsActing: true, IsOfStart: false } && call.Ordinal % 2 == 0);

    [Fact]
    [Trait("tier", "slow")]
    public void It_is_so_at_every_system_call_of_GC() => Kill(static _ => true);

    private static void Kill(Func<SystemCall, bool> where)
    {
        using FaultGround ground = new();
        RecordedCalls calls = ground.SystemCalls("GC");
        Sweep.Over("GC killed", calls, KilledTests.LeftOut, calls.Where(where), (call, _, trace) =>
        {
            ground.Prepare("GC");
            bool isKilled = ground.Call("GC", call.Kill(ground.Web, trace)).Output.ExitCode == SystemCall.KilledExitCode;
            ground.AssertWhole("GC", call);
            ground.AssertHeals("GC", call);
            return isKilled;
        });
    }
}
