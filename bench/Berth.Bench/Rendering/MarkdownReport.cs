using System.Globalization;
using System.Text;
using Berth.Bench.Results;

namespace Berth.Bench.Rendering;

/// <summary>The report as a Markdown file, with its plots in a directory beside it that has the file's name.</summary>
internal static class MarkdownReport
{
    /// <summary>Writes both.</summary>
    /// <param name="report">What was found.</param>
    /// <param name="path">The file; its directory exists.</param>
    public static void Write(Report report, string path)
    {
        IReadOnlyList<Section> sections = Sections.Of(report);
        string plots = System.IO.Path.Combine(
            System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!, System.IO.Path.GetFileNameWithoutExtension(path));
        foreach (Plot plot in sections.Select(static section => section.Plot).OfType<Plot>())
        {
            Directory.CreateDirectory(plots);
            File.WriteAllText(System.IO.Path.Combine(plots, $"{plot.Name}.svg"), SvgPlot.Render(plot));
        }

        File.WriteAllText(path, Render(report, sections, System.IO.Path.GetFileName(plots)));
    }

    private static string Render(Report report, IReadOnlyList<Section> sections, string plots)
    {
        StringBuilder text = new();
        Line(text, $"# Benchmarks");
        Line(text, $"");
        Line(text, $"Berth's `portmap` and the reference plugin side by side, in turns, in one run on one machine. This file and its plots");
        Line(text, $"were written by that run, `{report.Command}`; [how it measures](../bench/README.md).");
        Line(text, $"");
        Line(text, $"| | |");
        Line(text, $"|---|---|");
        Line(text, $"| taken | {report.Taken:yyyy-MM-dd HH:mm} UTC |");
        Line(text, $"| kernel | {report.Machine.Kernel} |");
        Line(text, $"| processor | {report.Machine.Processor} |");
        Line(text, $"| busy otherwise | {report.Machine.Load} |");
        Line(text, $"| nft | {report.Machine.Nft} |");
        Line(text, $"| iptables | {report.Machine.Iptables} |");
        Describe(text, "portmap", report.Portmap);
        Describe(text, "reference", report.Reference);
        Line(text, $"");
        Line(text, $"## What is promised");
        Line(text, $"");
        Table expectations = new("", "promise", "found");
        foreach (Expectation expectation in Expectation.Judge(report))
        {
            expectations.Add(expectation.Verdict, expectation.Text, expectation.Found);
        }

        expectations.WriteMarkdown(text);
        Line(text, $"");
        Line(text, $"What is explained is not met, and a table below shows why. The targets in time are of ADD, and on nftables of CHECK and DEL; on iptables of ADD of");
        Line(text, $"1,000 ports. The rest is measured and not promised.");
        foreach (Section section in sections)
        {
            Line(text, $"");
            Line(text, $"## {section.Title}");
            Line(text, $"");
            Line(text, $"{section.Text}");
            Line(text, $"");
            section.Table.WriteMarkdown(text);
            if (section.Plot is Plot plot)
            {
                Line(text, $"");
                Line(text, $"![{plot.Title}: {plot.Y} by {plot.X}]({plots}/{plot.Name}.svg)");
            }
        }

        return text.ToString();
    }

    private static void Describe(StringBuilder text, string name, Contender contender)
    {
        Line(text, $"| {name} | {contender.About}; {contender.Bytes:#,0} bytes, SHA-256 {contender.Digest}... |");
        if (contender.Build is string build)
        {
            Line(text, $"| {name}, says its file | {build} |");
        }

        Line(text, $"| {name} VERSION | `{contender.Version}` |");
    }

    // A report ends its lines with \n wherever it is written.
    private static void Line(StringBuilder text, FormattableString line) =>
        text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
