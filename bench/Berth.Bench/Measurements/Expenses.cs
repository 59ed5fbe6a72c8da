using Berth.Bench.Node;
using Berth.Bench.Results;

namespace Berth.Bench.Measurements;

/// <summary>What a call takes besides time: memory, processes, system calls. Untimed.</summary>
internal sealed class Expenses(Contest contest)
{
    private const int Range = 16_000;
    private static readonly string[] Verbs = ["ADD", "CHECK", "DEL", "GC"];

    public IReadOnlyList<Expense> Run()
    {
        List<Expense> found = [];
        foreach (string backend in (string[])["nftables", "iptables"])
        {
            using Duel duel = contest.Start($"watched on {backend}");
            foreach (int ports in contest.IsQuick ? (int[])[1] : backend == "nftables" ? [1, 100, 1_000, Range] : [1, 100, 1_000])
            {
                bool isRange = ports == Range;
                PluginCall add = new("ADD", "watched", NodeNetwork.Pod, 10_000, ports) { Backend = backend, SamePorts = isRange };
                contest.Progress($"{ports} ports on {backend}, watched");
                bool takesMinutes = backend == "iptables" && ports >= 1_000;
                List<Cost> portmap = Watch(duel.Portmap, add);
                List<Cost?> reference = takesMinutes ? [null, null, null, null] : [.. Watch(duel.Reference, add)];
                found.AddRange(Verbs.Select((verb, i) => new Expense(
                    new Case(verb, ports, 0) { Backend = backend, IsRange = isRange }, portmap[i], reference[i])));
            }
        }

        return found;
    }

    private static List<Cost> Watch(NodeProcess node, PluginCall add)
    {
        // What a first call makes is made before.
        _ = node.Call(add);
        _ = node.Call(add with { Verb = "DEL" });
        List<double> peaks = [.. Verbs.Select(verb => Ask(verb, static call => new NodeRequest.PeakMemory(call))[0])];
        List<double[]> traces = [.. Verbs.Select(verb => Ask(verb, static call => new NodeRequest.Trace(call)))];
        return [.. peaks.Zip(traces, static (peak, trace) => new Cost(peak, (int)trace[0], (int)trace[1]))];

        // GC finds a container that is not alive; what the reference leaves of it its DEL takes.
        double[] Ask(string verb, Func<PluginCall, NodeRequest> how)
        {
            if (verb != "GC")
            {
                return node.Ask(how(add with { Verb = verb }));
            }

            _ = node.Call(add);
            double[] answer = node.Ask(how(add with { Verb = verb, Alive = [] }));
            _ = node.Call(add with { Verb = "DEL" });
            return answer;
        }
    }
}
