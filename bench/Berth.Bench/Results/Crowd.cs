namespace Berth.Bench.Results;

/// <summary>Many calls at once, each of a container of its own with one port.</summary>
/// <param name="Operation">The verb.</param>
/// <param name="Calls">How many at once.</param>
/// <param name="Rounds">How often.</param>
/// <param name="Portmap">How ours fared.</param>
/// <param name="Reference">How the reference fared; null when calls of it failed.</param>
/// <param name="Ratios">Ours divided by the reference's calls in a second, and the reference's slowest call by ours, round by round.</param>
/// <param name="Failure">The first failure of the reference.</param>
internal sealed record Crowd(
    string Operation, int Calls, int Rounds, CrowdTimes Portmap, CrowdTimes? Reference, CrowdTimes? Ratios, string? Failure);

/// <summary>How many calls at once fared.</summary>
/// <param name="PerSecond">Calls done in a second.</param>
/// <param name="Worst">The slowest call of a round, in milliseconds.</param>
internal sealed record CrowdTimes(Distribution PerSecond, Distribution Worst);
