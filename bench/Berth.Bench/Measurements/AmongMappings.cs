using Berth.Bench.Node;
using Berth.Bench.Results;

namespace Berth.Bench.Measurements;

/// <summary>
/// ADD and then DEL of one port, among none and among 5,000 mappings. All nodes take turns within one round, so that
/// whatever else the machine does falls on both plugins and on both sizes alike.
/// </summary>
internal sealed class AddAndDelete(Contest contest)
{
    private const int PortsOfContainer = 100;
    private const int FirstPreloadedPort = 10_000;
    private const int WarmUpPairs = 3;
    private static readonly int[] Sizes = [0, 5_000];
    private static readonly PluginCall Add = new("ADD", "timed", "10.1.255.2", 8080, 1);
    private static readonly PluginCall Delete = Add with { Verb = "DEL" };

    public IReadOnlyList<Comparison> Run()
    {
        List<Arena> arenas = [];
        try
        {
            foreach (int size in Sizes)
            {
                arenas.Add(new Arena(contest, size));
            }

            arenas.ForEach(arena => arena.WarmUp());
            for (int pair = 1; pair <= contest.Pairs; pair++)
            {
                contest.Progress($"pair {pair} of {contest.Pairs}");
                arenas.ForEach(arena => arena.Adding.Take(Add));
                arenas.ForEach(arena => arena.Deleting.Take(Delete));
            }

            arenas.ForEach(arena => arena.RequireMappings(0, "at the end"));
            return
            [
                .. arenas.Select(arena => arena.Adding.Compare()),
                .. arenas.Select(arena => arena.Deleting.Compare()),
            ];
        }
        finally
        {
            arenas.ForEach(arena => arena.Dispose());
        }
    }

    /// <summary>Two nodes, one a plugin, with equally many mappings.</summary>
    private sealed class Arena : IDisposable
    {
        private readonly int _size;
        private readonly NodeProcess _portmap;
        private readonly NodeProcess _reference;

        public Arena(Contest contest, int size)
        {
            _size = size;
            _portmap = NodeProcess.Start($"portmap at {size}", contest.Portmap);
            _reference = NodeProcess.Start($"reference at {size}", contest.Reference);
            Adding = new Turns(Add.Verb, size, _portmap, _reference);
            Deleting = new Turns(Delete.Verb, size, _portmap, _reference);
            for (int loaded = 0; loaded < size; loaded += PortsOfContainer)
            {
                contest.Progress($"{loaded} of {size} mappings present");
                int container = loaded / PortsOfContainer;
                PluginCall call = new(
                    "ADD",
                    $"preloaded-{container}",
                    $"10.1.1.{container + 1}",
                    FirstPreloadedPort + loaded,
                    PortsOfContainer);
                _ = _portmap.Call(call);
                _ = _reference.Call(call);
            }
        }

        public Turns Adding { get; }

        public Turns Deleting { get; }

        /// <summary>Untimed rounds; the first one makes the table where there is none, and all are verified.</summary>
        public void WarmUp()
        {
            for (int pair = 0; pair < WarmUpPairs; pair++)
            {
                Both(Add);
                RequireMappings(1, "after ADD");
                Both(Delete);
                RequireMappings(0, "after DEL");
            }
        }

        public void RequireMappings(int more, string when)
        {
            _portmap.RequireMappings(_size + more, when);
            _reference.RequireMappings(_size + more, when);
        }

        public void Dispose()
        {
            _portmap.Dispose();
            _reference.Dispose();
        }

        private void Both(PluginCall call)
        {
            _ = _portmap.Call(call);
            _ = _reference.Call(call);
        }
    }
}
