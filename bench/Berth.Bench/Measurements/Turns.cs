using Berth.Bench.Node;
using Berth.Bench.Results;

namespace Berth.Bench.Measurements;

/// <summary>One operation, timed in turns: ours and the reference, the reference and ours.</summary>
/// <param name="what">What is timed.</param>
/// <param name="duel">The nodes.</param>
internal sealed class Turns(Case what, Duel duel)
{
    // A transaction that follows a deletion waits for what the kernel still has to free of it (nf_tables_api.c,
    // nf_tables_trans_destroy_flush_work()). Pods do not come and go that fast.
    private static readonly TimeSpan Freed = TimeSpan.FromMilliseconds(15);

    private readonly List<double> _portmap = [];
    private readonly List<double> _reference = [];

    /// <summary>Times one call of each; who is first changes with each round.</summary>
    public void Take(PluginCall call)
    {
        // At DEL the other way round: whoever deleted last would be the first to add again, and wait for the kernel.
        bool isReferenceFirst = _portmap.Count % 2 == 1 != (call.Verb == "DEL");
        if (isReferenceFirst)
        {
            Time(_reference, duel.Reference, call);
        }

        Time(_portmap, duel.Portmap, call);
        if (!isReferenceFirst)
        {
            Time(_reference, duel.Reference, call);
        }
    }

    private static void Time(List<double> times, NodeProcess node, PluginCall call)
    {
        Thread.Sleep(Freed);
        times.Add(node.Call(call));
    }

    public Comparison Compare() => Comparison.Of(what, _portmap, _reference);
}
