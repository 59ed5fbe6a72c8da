namespace Berth.Bench.Results;

/// <summary>All that a run found out; what was not asked for is null.</summary>
/// <param name="Command">The command line that was run.</param>
/// <param name="Taken">When, in UTC.</param>
/// <param name="Pairs">How often each operation was timed for each plugin, unless its row says otherwise.</param>
internal sealed record Report(
    string Command, DateTimeOffset Taken, int Pairs, Machine Machine, Contender Portmap, Contender Reference)
{
    /// <summary>An empty static program from spawn to exit, in milliseconds; null without a C compiler.</summary>
    public Distribution? Floor { get; init; }

    /// <summary>One port among none and among many.</summary>
    public IReadOnlyList<Comparison>? AmongMappings { get; init; }

    /// <summary>1, 100 and 1,000 ports in one call.</summary>
    public IReadOnlyList<Comparison>? ManyPorts { get; init; }

    /// <summary>A range.</summary>
    public IReadOnlyList<Comparison>? Range { get; init; }

    public IReadOnlyList<GcTime>? Collection { get; init; }

    public IReadOnlyList<Expense>? Expenses { get; init; }

    public IReadOnlyList<MemoryProfile>? Memory { get; init; }

    public IReadOnlyList<Traffic>? Traffic { get; init; }

    public IReadOnlyList<Crowd>? Together { get; init; }

    /// <summary>Our ADD right after a DEL, and a while after one, in milliseconds.</summary>
    public (Distribution AtOnce, Distribution Later)? AfterDelete { get; init; }
}
