namespace Berth.Fuzz.Tests;

/// <summary>Inputs that nobody wrote. What fails is kept in fuzz/regressions, and fails from then on until it is mended.</summary>
public sealed class FuzzingTests
{
    [Fact]
    public void A_burst_of_inputs_finds_nothing() => Fuzz(FuzzRun.Of("--seconds", "0.4"), 1_000, 1);

    [Fact]
    [Trait("tier", "slow")]
    public void Millions_of_inputs_find_nothing() => Fuzz(FuzzRun.Optimised("--seconds", "25", "--least", "2000"), 2_000_000, 2_000);

    // How many inputs a second there were is for whoever reads the log: they say how much was tried.
    private static void Fuzz(FuzzRun run, long least, long leastOfEach)
    {
        Console.Write(run.Output);
        Assert.True(run.ExitCode == 0, run.Output);
        Assert.InRange(run.Inputs, least, long.MaxValue);
        Assert.All(FuzzTargets.Sound, target => Assert.InRange(run.InputsOf(target.Name), leastOfEach, long.MaxValue));
    }
}
