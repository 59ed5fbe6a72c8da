using Berth.Bench.Results;

namespace Berth.Bench.Measurements;

/// <summary>All measurements, or those that are asked for.</summary>
internal static class Suite
{
    /// <summary>The names by which `--only` knows them.</summary>
    public static IReadOnlyList<string> Parts { get; } =
        ["one", "ports", "range", "gc", "together", "cost", "traffic", "after-delete", "memory"];

    /// <summary>Runs them.</summary>
    /// <param name="contest">What every measurement gets.</param>
    /// <param name="parts">Names of <see cref="Parts"/>.</param>
    /// <param name="report">Gets what they find.</param>
    /// <exception cref="BenchException">A call failed.</exception>
    public static Report Run(Contest contest, IReadOnlyCollection<string> parts, Report report)
    {
        // First, for it waits for a program of its own: later the class Process looks after all children that end.
        report = report with { Memory = parts.Contains("memory") ? Memory.Run(contest) : null };
        report = RunAmong(contest, parts, report);
        ManyPorts ports = new(contest);
        return report with
        {
            ManyPorts = parts.Contains("ports") ? ports.Run() : null,
            Range = parts.Contains("range") ? ports.RunRange() : null,
            Expenses = parts.Contains("cost") ? new Expenses(contest).Run() : null,
        };
    }

    // On the nodes that have mappings already, which take time to be made.
    private static Report RunAmong(Contest contest, IReadOnlyCollection<string> parts, Report report)
    {
        const int Crowded = 1_000;
        const int Collected = 5_000;
        bool needsAll = parts.Contains("one") || parts.Contains("traffic");
        int[] sizes = contest.IsQuick ? [0, Crowded] : [0, Crowded, Collected, 10_000];
        int collected = sizes.Contains(Collected) ? Collected : Crowded;
        List<Arena> arenas = [];
        using Floor? floor = parts.Contains("one") ? Floor.Start(contest) : null;
        try
        {
            foreach (int size in sizes)
            {
                if (needsAll
                    || (size == collected && parts.Contains("gc"))
                    || (size == Crowded && parts.Contains("together"))
                    || (size == 0 && parts.Contains("after-delete")))
                {
                    arenas.Add(new Arena(contest, size));
                }
            }

            Arena Of(int size) => arenas.Single(arena => arena.Size == size);
            report = report with
            {
                AmongMappings = parts.Contains("one") ? new AmongMappings(contest, arenas, floor).Run() : null,
                AfterDelete = parts.Contains("after-delete") ? new AfterDelete(contest, Of(0)).Run() : null,
                Together = parts.Contains("together") ? new Together(contest, Of(Crowded)).Run() : null,
                Collection = parts.Contains("gc") ? new Collection(contest, Of(collected)).Run() : null,
            };
            report = report with { Floor = floor?.Times };

            // Last, for it adds mappings to all.
            return parts.Contains("traffic") ? report with { Traffic = new Connections(contest, arenas).Run() } : report;
        }
        finally
        {
            arenas.ForEach(static arena => arena.Dispose());
        }
    }
}
