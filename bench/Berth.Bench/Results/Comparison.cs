namespace Berth.Bench.Results;

/// <summary>One operation of both plugins, run in turns.</summary>
/// <param name="Case">What was timed.</param>
/// <param name="Pairs">How often.</param>
/// <param name="Portmap">Our times, in milliseconds.</param>
/// <param name="Reference">The reference's times, in milliseconds.</param>
/// <param name="Ratio">The reference's time divided by ours, pair by pair.</param>
internal sealed record Comparison(Case Case, int Pairs, Distribution Portmap, Distribution Reference, Distribution Ratio)
{
    /// <summary>Compares times that were taken in pairs.</summary>
    public static Comparison Of(Case what, IReadOnlyList<double> portmap, IReadOnlyList<double> reference) => new(
        what,
        portmap.Count,
        Distribution.Of(portmap),
        Distribution.Of(reference),
        Distribution.Of(portmap.Zip(reference, static (ours, theirs) => theirs / ours)));
}
