using Berth.Bench.Node;
using Berth.Bench.Results;

namespace Berth.Bench.Measurements;

/// <summary>An empty static C program by the same means, in turns with the plugins: what no plugin can be faster than.</summary>
internal sealed class Floor : IDisposable
{
    private const int WarmUpRuns = 5;

    // In the tmpfs of this run, so that it goes away with it.
    private const string ProgramPath = "/run/bench-floor";

    private static readonly TimeSpan Freed = TimeSpan.FromMilliseconds(15);

    private readonly NodeProcess _node;
    private readonly List<double> _times = [];

    private Floor(NodeProcess node)
    {
        _node = node;
    }

    /// <summary>All times so far, in milliseconds.</summary>
    public Distribution Times => Distribution.Of(_times);

    /// <returns>Null where there is no C compiler (or none that links statically).</returns>
    public static Floor? Start(Contest contest)
    {
        contest.Progress("the floor");
        if (!Compile())
        {
            return null;
        }

        NodeProcess node = NodeProcess.Start("floor", ProgramPath);
        for (int i = 0; i < WarmUpRuns; i++)
        {
            _ = node.Floor(ProgramPath);
        }

        return new Floor(node);
    }

    /// <summary>Times it once.</summary>
    public void Take()
    {
        Thread.Sleep(Freed);
        _times.Add(_node.Floor(ProgramPath));
    }

    public void Dispose() => _node.Dispose();

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
