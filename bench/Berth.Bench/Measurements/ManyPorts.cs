using System.Diagnostics;
using Berth.Bench.Node;
using Berth.Bench.Results;

namespace Berth.Bench.Measurements;

/// <summary>
/// ADD, CHECK and DEL of one container with 1, 100 and 1,000 ports, and of a range of 16,000, no other mapping present. What
/// takes long is timed less often: a row has its time, and says how many pairs it took.
/// </summary>
internal sealed class ManyPorts(Contest contest)
{
    private const int RangeOfPorts = 16_000;
    private const int FirstPort = 10_000;
    private const int FewestPairs = 3;
    private static readonly string[] Verbs = ["ADD", "CHECK", "DEL"];

    public IReadOnlyList<Comparison> Run()
    {
        List<Comparison> found = [];
        foreach (string backend in (string[])["nftables", "iptables"])
        {
            using Duel duel = contest.Start($"on {backend}");
            foreach (int ports in (int[])[1, 100, 1_000])
            {
                // The reference takes 40 seconds for the ADD of the last.
                if (!contest.IsQuick || backend == "nftables" || ports < 1_000)
                {
                    found.AddRange(Time(duel, Call(backend, ports)));
                }
            }
        }

        return found;
    }

    /// <summary>The range, on nftables, which alone has ranges.</summary>
    public IReadOnlyList<Comparison> RunRange()
    {
        using Duel duel = contest.Start("with a range");
        return Time(duel, Call("nftables", RangeOfPorts) with { SamePorts = true });
    }

    private static PluginCall Call(string backend, int ports) =>
        new("ADD", "timed", NodeNetwork.Pod, FirstPort, ports) { Backend = backend };

    private List<Comparison> Time(Duel duel, PluginCall add)
    {
        TimeSpan budget = TimeSpan.FromSeconds(contest.IsQuick ? 2 : 15);
        List<Turns> turns = [.. Verbs.Select(verb =>
            new Turns(new Case(verb, add.Ports, 0) { Backend = add.Backend, IsRange = add.SamePorts }, duel))];
        if (add.Ports == 1 || add.SamePorts)
        {
            // What a first call makes besides.
            duel.Both(add);
            duel.Both(add with { Verb = "DEL" });
        }

        Stopwatch clock = Stopwatch.StartNew();
        for (int pair = 1; pair <= contest.Pairs && (pair <= FewestPairs || clock.Elapsed < budget); pair++)
        {
            for (int i = 0; i < Verbs.Length; i++)
            {
                contest.Progress($"{add.Ports} ports on {add.Backend}, pair {pair}");
                turns[i].Take(add with { Verb = Verbs[i] });
                if (pair == 1)
                {
                    duel.RequireMappings(Verbs[i] == "DEL" ? 0 : add.Ports, $"after {Verbs[i]} of {add.Ports} ports");
                }
            }
        }

        return turns.ConvertAll(static row => row.Compare());
    }
}
