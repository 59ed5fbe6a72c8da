namespace Berth.Bench.Results;

/// <summary>What a run must show, and what it showed.</summary>
internal sealed record Expectation(string Text, string Found, bool Met)
{
    private const double SpeedOfAdd = 10;
    private const double SpeedOfDelete = 50;
    private const double SameMilliseconds = 0.5;

    /// <summary>
    /// ADD takes at most a tenth of the reference's time, DEL among many mappings at most a fiftieth, and neither takes
    /// longer (or less) among many mappings than among none.
    /// </summary>
    public static IReadOnlyList<Expectation> Judge(IReadOnlyList<Comparison> comparisons)
    {
        List<Expectation> expectations = [];
        foreach (Comparison comparison in comparisons)
        {
            if (comparison.Operation == "ADD")
            {
                expectations.Add(Faster(comparison, SpeedOfAdd));
            }
            else if (comparison is { Operation: "DEL", Mappings: > 0 })
            {
                expectations.Add(Faster(comparison, SpeedOfDelete));
            }
        }

        foreach (IGrouping<string, Comparison> operation in comparisons.GroupBy(comparison => comparison.Operation))
        {
            Comparison few = operation.MinBy(comparison => comparison.Mappings)!;
            Comparison many = operation.MaxBy(comparison => comparison.Mappings)!;
            double difference = many.Portmap.Median - few.Portmap.Median;
            expectations.Add(new Expectation(
                $"{operation.Key} at {many.Mappings:N0} against {few.Mappings:N0}: under {SameMilliseconds} ms apart",
                $"{difference:+0.00;-0.00;0.00} ms",
                Math.Abs(difference) < SameMilliseconds));
        }

        return expectations;
    }

    private static Expectation Faster(Comparison comparison, double times) => new(
        $"{comparison.Operation} at {comparison.Mappings:N0}: at most 1/{times} of the reference's time",
        $"1/{comparison.Ratio.Median:0.0}",
        comparison.Ratio.Median >= times);
}
