using Berth.Bench.Node;
using Berth.Bench.Results;

namespace Berth.Bench.Measurements;

/// <summary>An empty static C program by the same means: what no plugin can be faster than.</summary>
internal sealed class Floor(Contest contest)
{
    private const int RunsForPair = 2;
    private const int WarmUpRuns = 5;

    // In the tmpfs of this run, so that it goes away with it.
    private const string ProgramPath = "/run/bench-floor";

    /// <returns>Null where there is no C compiler (or none that links statically).</returns>
    public Distribution? Run()
    {
        contest.Progress("the floor");
        if (!Compile())
        {
            return null;
        }

        using NodeProcess node = NodeProcess.Start("floor", ProgramPath);
        for (int i = 0; i < WarmUpRuns; i++)
        {
            _ = node.Floor(ProgramPath);
        }

        double[] times = new double[contest.Pairs * RunsForPair];
        for (int i = 0; i < times.Length; i++)
        {
            times[i] = node.Floor(ProgramPath);
        }

        return Distribution.Of(times);
    }

    private static bool Compile()
    {
        try
        {
            string[] arguments = ["-static", "-O2", "-x", "c", "-o", ProgramPath, "-"];
            return SpawnedProgram.Run("gcc", arguments, "int main(void) { return 0; }\n"u8).Code == 0;
        }
        catch (BenchException)
        {
            return false;
        }
    }
}
