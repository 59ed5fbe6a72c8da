using Berth.Bench.Node;
using Berth.Bench.Results;

namespace Berth.Bench.Measurements;

/// <summary>
/// Our ADD right after a DEL on the same node, and a while after it: the kernel lets the next transaction wait until what the
/// last one deleted is freed. No plugin can avoid it, and the other measurements are not about it.
/// </summary>
internal sealed class AfterDelete(Contest contest, Arena arena)
{
    private static readonly PluginCall Add = new("ADD", "timed", "10.1.255.2", 8080, 1);
    private static readonly TimeSpan While = TimeSpan.FromMilliseconds(50);

    public (Distribution AtOnce, Distribution Later) Run()
    {
        List<double> atOnce = [];
        List<double> later = [];
        NodeProcess node = arena.Duel.Portmap;
        _ = node.Call(Add);
        for (int pair = 1; pair <= contest.Pairs; pair++)
        {
            contest.Progress($"ADD after DEL, {pair} of {contest.Pairs}");
            _ = node.Call(Add with { Verb = "DEL" });
            atOnce.Add(node.Call(Add));
            _ = node.Call(Add with { Verb = "DEL" });
            Thread.Sleep(While);
            later.Add(node.Call(Add));
        }

        _ = node.Call(Add with { Verb = "DEL" });
        return (Distribution.Of(atOnce), Distribution.Of(later));
    }
}
