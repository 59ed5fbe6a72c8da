namespace Berth.Bench.Results;

/// <summary>All that a run found out.</summary>
/// <param name="Command">The command line that was run.</param>
/// <param name="Taken">When, in UTC.</param>
/// <param name="Pairs">How often each operation was timed for each plugin.</param>
/// <param name="Floor">An empty static program from spawn to exit, in milliseconds; null without a C compiler.</param>
internal sealed record Report(
    string Command,
    DateTimeOffset Taken,
    int Pairs,
    Machine Machine,
    Contender Portmap,
    Contender Reference,
    Distribution? Floor,
    IReadOnlyList<Comparison> Comparisons);
