using Berth.Bench.Node;
using Berth.Bench.Results;

namespace Berth.Bench.Measurements;

/// <summary>
/// GC when ten of fifty containers, 1,000 of 5,000 mappings, are no longer alive. The reference does nothing at GC: its
/// time is what it takes to do nothing. And the same number of mappings of pods that have one each, without the reference, which
/// takes minutes to make them.
/// </summary>
internal sealed class Collection(Contest contest, Arena arena)
{
    private const int Stale = 10;

    public IReadOnlyList<GcTime> Run() => [RunOfArena(), RunOfSmall()];

    private GcTime RunOfSmall()
    {
        int pods = arena.Size;
        int alive = pods - (pods / 5);
        using NodeProcess node = contest.StartOurs("with pods of one port");
        for (int pod = 0; pod < pods; pod++)
        {
            contest.Progress($"{pod} of {pods} pods of one port");
            _ = node.Call(Arena.LoadOne(pod));
        }

        PluginCall collect = new("GC", "", NodeNetwork.Pod, 0, 0) { Alive = [.. Enumerable.Range(0, alive).Select(Arena.Container)] };
        int runs = contest.IsQuick ? 2 : 5;
        List<double> times = [];
        for (int run = 1; run <= runs; run++)
        {
            contest.Progress($"GC of pods of one port, {run} of {runs}");
            Thread.Sleep(TimeSpan.FromMilliseconds(15));
            times.Add(node.Call(collect));
            node.RequireMappings(alive, "after GC");
            RestoreSmall();
        }

        return new GcTime(pods - alive, pods, 1, runs, Distribution.Of(times), null, 0)
        {
            PeakKibibytes = node.Ask(new NodeRequest.PeakMemory(collect))[0],
        };

        void RestoreSmall()
        {
            for (int pod = alive; pod < pods; pod++)
            {
                _ = node.Call(Arena.LoadOne(pod));
            }
        }
    }

    private GcTime RunOfArena()
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
            bool isReferenceFirst = run % 2 == 0;
            if (isReferenceFirst)
            {
                Time(reference, arena.Duel.Reference);
            }

            Time(portmap, arena.Duel.Portmap);
            if (!isReferenceFirst)
            {
                Time(reference, arena.Duel.Reference);
            }

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
            Stale * Arena.PortsOfContainer, arena.Size, Arena.PortsOfContainer, runs, Distribution.Of(portmap), Distribution.Of(reference),
            arena.Size - (int)left[0])
        {
            PeakKibibytes = peak,
        };

        void Time(List<double> times, NodeProcess node)
        {
            Thread.Sleep(TimeSpan.FromMilliseconds(15));
            times.Add(node.Call(collect));
        }
    }

    private void Restore(int first)
    {
        for (int container = first; container < arena.Containers; container++)
        {
            _ = arena.Duel.Portmap.Call(Arena.Load(container));
        }
    }
}
