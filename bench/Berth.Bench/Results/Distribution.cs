namespace Berth.Bench.Results;

/// <summary>Where the values of a sample lie.</summary>
internal sealed record Distribution(double Low, double Median, double High)
{
    /// <summary>The 5th percentile, the median and the 95th percentile, interpolated between neighbours.</summary>
    /// <param name="values">At least one value.</param>
    public static Distribution Of(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return new Distribution(OfSorted(sorted, 0.05), OfSorted(sorted, 0.5), OfSorted(sorted, 0.95));
    }

    /// <summary>A quantile of a sample.</summary>
    /// <param name="values">At least one value.</param>
    /// <param name="fraction">0 to 1.</param>
    public static double Quantile(IEnumerable<double> values, double fraction) => OfSorted([.. values.Order()], fraction);

    private static double OfSorted(double[] sorted, double fraction)
    {
        double position = fraction * (sorted.Length - 1);
        int below = (int)position;
        int above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + ((position - below) * (sorted[above] - sorted[below]));
    }
}
