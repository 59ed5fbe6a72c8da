using Berth.Bench.Node;
using Berth.Bench.Results;

namespace Berth.Bench.Measurements;

/// <summary>64 containers that come, and go, at the same moment, among 1,000 mappings.</summary>
internal sealed class Together(Contest contest, Arena arena)
{
    private const int Calls = 64;
    private const int FirstPort = 30_000;

    public IReadOnlyList<Crowd> Run()
    {
        int rounds = Math.Min(contest.Pairs, contest.IsQuick ? 1 : 5);
        PluginCall[] adding = [.. Enumerable.Range(0, Calls).Select(static i =>
            new PluginCall("ADD", $"together-{i}", $"10.1.200.{i + 1}", FirstPort + i, 1))];
        PluginCall[] deleting = [.. adding.Select(static call => call with { Verb = "DEL" })];
        Side portmap = new(arena.Duel.Portmap);
        Side reference = new(arena.Duel.Reference);
        for (int round = 1; round <= rounds; round++)
        {
            contest.Progress($"{Calls} at once, round {round} of {rounds}");
            foreach (Side side in round % 2 == 1 ? (Side[])[portmap, reference] : [reference, portmap])
            {
                side.Take(adding, side.Adding);
                if (side.Failure is null)
                {
                    side.Node.RequireMappings(arena.Size + Calls, $"after {Calls} ADDs at once");
                }

                side.Take(deleting, side.Deleting);
            }
        }

        arena.Duel.Portmap.RequireMappings(arena.Size, $"after {Calls} DELs at once");
        if (portmap.Failure is string failure)
        {
            throw new BenchException(failure);
        }

        return
        [
            Compare("ADD", static side => side.Adding),
            Compare("DEL", static side => side.Deleting),
        ];

        Crowd Compare(string operation, Func<Side, List<double[]>> rows) => new(
            operation, Calls, rounds, Side.Times(rows(portmap)), reference.Failure is null ? Side.Times(rows(reference)) : null,
            reference.Failure is null ? Side.Ratios(rows(portmap), rows(reference)) : null, reference.Failure);
    }

    private sealed class Side(NodeProcess node)
    {
        public NodeProcess Node => node;

        public List<double[]> Adding { get; } = [];

        public List<double[]> Deleting { get; } = [];

        public string? Failure { get; private set; }

        public void Take(PluginCall[] calls, List<double[]> into)
        {
            Thread.Sleep(TimeSpan.FromMilliseconds(15));
            try
            {
                into.Add(node.Ask(new NodeRequest.CallTogether(calls)));
            }
            catch (BenchException e)
            {
                Failure ??= e.Message;
            }
        }

        public static CrowdTimes Times(List<double[]> rounds) =>
            new(Distribution.Of(rounds.Select(PerSecond)), Distribution.Of(rounds.Select(Worst)));

        public static CrowdTimes Ratios(List<double[]> ours, List<double[]> theirs) => new(
            Distribution.Of(ours.Zip(theirs, static (own, other) => PerSecond(own) / PerSecond(other))),
            Distribution.Of(ours.Zip(theirs, static (own, other) => Worst(other) / Worst(own))));

        private static double PerSecond(double[] round) => 1000 * (round.Length - 1) / round[0];

        private static double Worst(double[] round) => round.Skip(1).Max();
    }
}
