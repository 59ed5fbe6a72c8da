namespace Berth.Bench.Results;

/// <summary>One operation of both plugins, run in turns.</summary>
/// <param name="Operation">What was timed, such as ADD.</param>
/// <param name="Mappings">How many other mappings were present in each plugin's own tables.</param>
/// <param name="Portmap">Our times, in milliseconds.</param>
/// <param name="Reference">The reference's times, in milliseconds.</param>
/// <param name="Ratio">The reference's time divided by ours, pair by pair.</param>
internal sealed record Comparison(
    string Operation, int Mappings, Distribution Portmap, Distribution Reference, Distribution Ratio)
{
    /// <summary>Compares times that were taken in pairs.</summary>
    public static Comparison Of(
        string operation, int mappings, IReadOnlyList<double> portmap, IReadOnlyList<double> reference) =>
        new(
            operation,
            mappings,
            Distribution.Of(portmap),
            Distribution.Of(reference),
            Distribution.Of(portmap.Zip(reference, (ours, theirs) => theirs / ours)));
}
