using System.Diagnostics;
using Berth.Bench.Node;
using Berth.Bench.Results;

namespace Berth.Bench.Measurements;

/// <summary>
/// ADD and then DEL of one port, among none and among up to 10,000 mappings, and VERSION, which is what a plugin takes to
/// start. All nodes, and the empty program of the floor, take turns within one round, so that whatever else the machine does falls on both plugins and on all sizes
/// alike.
/// </summary>
internal sealed class AmongMappings(Contest contest, IReadOnlyList<Arena> arenas, Floor? floor)
{
    private const int WarmUpPairs = 3;
    private static readonly TimeSpan Budget = TimeSpan.FromMinutes(3);
    private static readonly PluginCall Add = new("ADD", "timed", "10.1.255.2", 8080, 1);
    private static readonly PluginCall Delete = Add with { Verb = "DEL" };
    private static readonly PluginCall Version = Add with { Verb = "VERSION" };

    public IReadOnlyList<Comparison> Run()
    {
        foreach (Arena arena in arenas)
        {
            WarmUp(arena);
        }

        List<Turns> adding = [.. arenas.Select(static arena => new Turns(new Case("ADD", 1, arena.Size), arena.Duel))];
        List<Turns> deleting = [.. arenas.Select(static arena => new Turns(new Case("DEL", 1, arena.Size), arena.Duel))];
        Turns asking = new(new Case(Version.Verb, 1, arenas[0].Size), arenas[0].Duel);
        Stopwatch clock = Stopwatch.StartNew();
        for (int pair = 1; pair <= contest.Pairs && clock.Elapsed < Budget; pair++)
        {
            contest.Progress($"one port, pair {pair} of {contest.Pairs}");
            floor?.Take();
            adding.ForEach(static turns => turns.Take(Add));
            deleting.ForEach(static turns => turns.Take(Delete));
            asking.Take(Version);
            floor?.Take();
        }

        foreach (Arena arena in arenas)
        {
            arena.RequireMappings(0, "at the end");
        }

        return
        [
            .. adding.Select(static turns => turns.Compare()),
            .. deleting.Select(static turns => turns.Compare()),
            asking.Compare(),
        ];
    }

    // Untimed rounds; the first one makes the table where there is none, and all are verified.
    private static void WarmUp(Arena arena)
    {
        for (int pair = 0; pair < WarmUpPairs; pair++)
        {
            arena.Duel.Both(Add);
            arena.RequireMappings(1, "after ADD");
            arena.Duel.Both(Delete);
            arena.RequireMappings(0, "after DEL");
        }
    }
}
