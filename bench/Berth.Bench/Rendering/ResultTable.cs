using System.Globalization;
using System.Text;
using Berth.Bench.Results;

namespace Berth.Bench.Rendering;

/// <summary>The table for a terminal of 80 columns.</summary>
internal static class ResultTable
{
    public static string Render(Report report)
    {
        StringBuilder text = new();
        text.Append($"{"one port",-12}{"portmap, ms",24}{"reference, ms",23}{"times faster",20}\n");
        text.Append(CultureInfo.InvariantCulture, $"{"",-4}{"among",8}{Titles(8)}{Titles(7)}{Titles(6)}\n");
        foreach (Comparison row in report.Comparisons)
        {
            text.Append(CultureInfo.InvariantCulture, $"{row.Operation,-4}{row.Mappings,8:#,0}");
            text.Append(Cells(row.Portmap, "0.00", 8)).Append(Cells(row.Reference, "0.0", 7));
            text.Append(Cells(row.Ratio, "0.0", 6)).Append('\n');
        }

        text.Append(report.Floor is Distribution floor
            ? $"{"floor",-12}{Cells(floor, "0.00", 8)}  (an empty static program)\n"
            : "floor         not measured: no C compiler\n");
        return text.ToString();
    }

    private static string Titles(int width) =>
        "5%".PadLeft(width) + "median".PadLeft(width + 1) + "95%".PadLeft(width);

    private static string Cells(Distribution values, string format, int width) =>
        Cell(values.Low, format, width) + Cell(values.Median, format, width + 1) + Cell(values.High, format, width);

    private static string Cell(double value, string format, int width) =>
        value.ToString(format, CultureInfo.InvariantCulture).PadLeft(width);
}
