using Berth.Bench.Node;
using Berth.Bench.Results;

namespace Berth.Bench.Measurements;

/// <summary>What a call takes besides time: memory, processes, system calls. Untimed.</summary>
internal sealed class Expenses(Contest contest)
{
    private static readonly string[] Verbs = ["ADD", "CHECK", "DEL"];

    public IReadOnlyList<Expense> Run()
    {
        List<Expense> found = [];
        foreach (string backend in (string[])["nftables", "iptables"])
        {
            using Duel duel = contest.Start($"watched on {backend}");
            foreach (int ports in contest.IsQuick ? (int[])[1] : backend == "nftables" ? [1, 1_000] : [1, 100])
            {
                PluginCall add = new("ADD", "watched", NodeNetwork.Pod, 10_000, ports) { Backend = backend };
                contest.Progress($"{ports} ports on {backend}, watched");
                // What a first call makes is made before.
                duel.Both(add);
                duel.Both(add with { Verb = "DEL" });
                List<Cost> portmap = Watch(duel.Portmap, add);
                List<Cost> reference = Watch(duel.Reference, add);
                found.AddRange(Verbs.Select((verb, i) =>
                    new Expense(new Case(verb, ports, 0) { Backend = backend }, portmap[i], reference[i])));
            }
        }

        return found;
    }

    private static List<Cost> Watch(NodeProcess node, PluginCall add)
    {
        List<double> peaks = [.. Verbs.Select(verb => node.Ask(new NodeRequest.PeakMemory(add with { Verb = verb }))[0])];
        List<double[]> traces = [.. Verbs.Select(verb => node.Ask(new NodeRequest.Trace(add with { Verb = verb })))];
        return [.. peaks.Zip(traces, static (peak, trace) => new Cost(peak, (int)trace[0], (int)trace[1]))];
    }
}
