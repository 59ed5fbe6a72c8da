using Berth.Bench.Node;
using Berth.Bench.Results;

namespace Berth.Bench.Measurements;

/// <summary>
/// GC when ten of fifty containers, 1,000 of 5,000 mappings, are no longer alive. The reference does nothing at GC: its
/// time is what it takes to do nothing.
/// </summary>
internal sealed class Collection(Contest contest, Arena arena)
{
    private const int Stale = 10;

    public GcTime Run()
    {
        int alive = arena.Containers - Stale;
        PluginCall collect = new("GC", "", NodeNetwork.Pod, 0, 0)
        {
            Alive = [.. Enumerable.Range(0, alive).Select(Arena.Container)],
        };
        List<double> portmap = [];
        List<double> reference = [];
        int runs = Math.Min(contest.Pairs, contest.IsQuick ? 3 : 20);
        for (int run = 1; run <= runs; run++)
        {
            contest.Progress($"GC {run} of {runs}");
            Thread.Sleep(TimeSpan.FromMilliseconds(15));
            portmap.Add(arena.Duel.Portmap.Call(collect));
            reference.Add(arena.Duel.Reference.Call(collect));
            if (run == 1)
            {
                arena.Duel.Portmap.RequireMappings(alive * Arena.PortsOfContainer, "after GC");
            }

            Restore(alive);
        }

        double peak = arena.Duel.Portmap.Ask(new NodeRequest.PeakMemory(collect))[0];
        Restore(alive);
        double[] left = arena.Duel.Reference.Ask(new NodeRequest.Count());
        return new GcTime(
            Stale * Arena.PortsOfContainer, arena.Size, runs, Distribution.Of(portmap), Distribution.Of(reference),
            arena.Size - (int)left[0])
        {
            PeakKibibytes = peak,
        };
    }

    private void Restore(int first)
    {
        for (int container = first; container < arena.Containers; container++)
        {
            _ = arena.Duel.Portmap.Call(Arena.Load(container));
        }
    }
}
