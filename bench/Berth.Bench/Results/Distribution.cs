namespace Berth.Bench.Results;

/// <summary>Where the values of a sample lie.</summary>
internal sealed record Distribution(double Low, double Median, double High)
{
    /// <summary>The 5th percentile, the median and the 95th percentile, interpolated between neighbours.</summary>
    /// <param name="values">At least one value.</param>
    public static Distribution Of(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return new Distribution(Quantile(sorted, 0.05), Quantile(sorted, 0.5), Quantile(sorted, 0.95));
    }

    private static double Quantile(double[] sorted, double fraction)
    {
        double position = fraction * (sorted.Length - 1);
        int below = (int)position;
        int above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + ((position - below) * (sorted[above] - sorted[below]));
    }
}
