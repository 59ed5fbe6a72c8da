using System.Globalization;
using Berth.Bench.Results;

namespace Berth.Bench.Rendering;

/// <summary>Numbers as they stand in tables.</summary>
internal static class Cells
{
    /// <summary>Median, and 5th to 95th percentile.</summary>
    public static string Of(Distribution values) =>
        $"{Of(values.Median)} ({Of(values.Low)} to {Of(values.High)})";

    /// <summary>Three digits or more.</summary>
    public static string Of(double value) =>
        value.ToString(value < 10 ? "0.00" : value < 100 ? "0.0" : "#,0", CultureInfo.InvariantCulture);

    public static string Of(int value) => value.ToString("#,0", CultureInfo.InvariantCulture);
}
