using Berth.Bench.Node;
using Berth.Bench.Node.Traffic;
using Berth.Bench.Results;

namespace Berth.Bench.Measurements;

/// <summary>
/// New connections from outside: through the mapping that was made last, and to the pod's own address, which no mapping is
/// about. Blocks of connects go round all nodes and both ways, so that each ratio is between neighbours.
/// </summary>
internal sealed class Connections(Contest contest, IReadOnlyList<Arena> arenas)
{
    private const int Port = 9000;
    private const int Block = 100;
    private const int Flows = 20;

    // Of a hundred connects the 99th percentile would be the slowest or its neighbour.
    private const int BlocksAtATime = 3;

    public IReadOnlyList<Traffic> Run()
    {
        using NodeProcess bare = NodeProcess.Start("without a plugin", contest.Portmap);
        Way baseline = new("none", 0, Route.Direct, bare, null);
        List<Way> ways = [baseline];
        foreach (Arena arena in arenas)
        {
            Add(arena, "tcp");
            Add(arena, "udp");
            foreach ((string name, NodeProcess node) in
                ((string, NodeProcess)[])[("portmap", arena.Duel.Portmap), ("reference", arena.Duel.Reference)])
            {
                Way direct = new(name, arena.Size, Route.Direct, node, baseline);
                ways.Add(direct);
                ways.Add(new Way(name, arena.Size, Route.Mapped, node, direct));
            }
        }

        int rounds = contest.IsQuick ? 3 : 30;
        for (int round = 1; round <= rounds; round++)
        {
            contest.Progress($"connections, round {round} of {rounds}");
            ways.ForEach(static way => way.Take());
        }

        return ways.ConvertAll(static way => way.Summarise());
    }

    private static void Add(Arena arena, string protocol) =>
        arena.Duel.Both(new PluginCall("ADD", $"pod-{protocol}", NodeNetwork.Pod, Port, 1) { Protocol = protocol });

    private sealed class Way(string name, int mappings, Route route, NodeProcess node, Way? comparedWith)
    {
        private readonly List<double[]> _connects = [];
        private readonly List<double> _medians = [];
        private readonly List<double> _first = [];
        private readonly List<double> _later = [];

        private (string Address, int Port) Target => route == Route.Mapped
            ? (NodeNetwork.Address, Port)
            : (NodeNetwork.Pod, ProbeSocket.PodPort);

        public void Take()
        {
            double[] block = node.Ask(new NodeRequest.ConnectTcp(Target.Address, Target.Port, Block));
            _connects.Add(block);
            _medians.Add(Distribution.Of(block).Median);
            double[] flows = node.Ask(new NodeRequest.SendUdp(Target.Address, Target.Port, Flows));
            _first.Add(Distribution.Of(flows.Where(static (_, i) => i % 2 == 0)).Median);
            _later.Add(Distribution.Of(flows.Where(static (_, i) => i % 2 == 1)).Median);
        }

        public Traffic Summarise() => new(
            name,
            mappings,
            route,
            _connects.Sum(static block => block.Length),
            Distribution.Of(_medians),
            Distribution.Of(_connects.Chunk(BlocksAtATime).Select(static blocks => Distribution.Quantile(blocks.SelectMany(static block => block), 0.99))),
            Distribution.Of(_first),
            Distribution.Of(_later),
            comparedWith is null
                ? null
                : Distribution.Of(_medians.Zip(comparedWith._medians, static (own, other) => own / other)));
    }
}
