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
            new Crowd("ADD", Calls, rounds, portmap.Times(portmap.Adding)!, reference.Times(reference.Adding), reference.Failure),
            new Crowd("DEL", Calls, rounds, portmap.Times(portmap.Deleting)!, reference.Times(reference.Deleting), reference.Failure),
        ];
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

        public CrowdTimes? Times(List<double[]> rounds) => Failure is not null
            ? null
            : new CrowdTimes(
                Distribution.Of(rounds.Select(static round => 1000 * (round.Length - 1) / round[0])),
                Distribution.Of(rounds.Select(static round => round.Skip(1).Max())));
    }
}
