using System.Globalization;
using System.Text;
using Berth.Bench.Results;

namespace Berth.Bench.Rendering;

/// <summary>The report as a Markdown file.</summary>
internal static class MarkdownReport
{
    public static string Render(Report report)
    {
        StringBuilder text = new();
        Line(text, $"# ADD and DEL beside the reference plugin");
        Line(text, $"");
        Line(text, $"Wall time of the whole process, spawn to exit, in ms: median (5th to 95th percentile) of");
        Line(text, $"{report.Pairs} runs each, taken in turns. The ratio is taken pair by pair.");
        Line(text, $"");
        Line(text, $"| one port | mappings present | portmap | reference | reference / portmap |");
        Line(text, $"|---|---:|---:|---:|---:|");
        foreach (Comparison row in report.Comparisons)
        {
            string times = $"{Cell(row.Portmap, "0.00")} | {Cell(row.Reference, "0.0")} | {Cell(row.Ratio, "0.0")}";
            Line(text, $"| {row.Operation} | {row.Mappings:#,0} | {times} |");
        }

        if (report.Floor is Distribution floor)
        {
            Line(text, $"| an empty static program | | {Cell(floor, "0.00")} | | |");
        }

        Line(text, $"");
        foreach (Expectation expectation in Expectation.Judge(report.Comparisons))
        {
            Line(text, $"- {(expectation.Met ? "PASS" : "FAIL")}: {expectation.Text} (found: {expectation.Found})");
        }

        Line(text, $"");
        Line(text, $"| | |");
        Line(text, $"|---|---|");
        Line(text, $"| command | `{report.Command}` |");
        Line(text, $"| taken | {report.Taken:yyyy-MM-dd HH:mm} UTC |");
        Line(text, $"| kernel | {report.Machine.Kernel} |");
        Line(text, $"| processor | {report.Machine.Processor} |");
        Line(text, $"| nft | {report.Machine.Nft} |");
        Describe(text, "portmap", report.Portmap);
        Describe(text, "reference", report.Reference);
        return text.ToString();
    }

    private static void Describe(StringBuilder text, string name, Contender contender)
    {
        Line(text, $"| {name} | {contender.About}; {contender.Bytes:#,0} bytes, SHA-256 {contender.Digest}... |");
        Line(text, $"| {name} VERSION | `{contender.Version}` |");
    }

    private static string Cell(Distribution values, string format) =>
        $"{Number(values.Median, format)} ({Number(values.Low, format)} to {Number(values.High, format)})";

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    // A report ends its lines with \n wherever it is written.
    private static void Line(StringBuilder text, FormattableString line) =>
        text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
