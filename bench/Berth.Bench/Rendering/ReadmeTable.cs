using System.Text;
using Berth.Bench.Results;

namespace Berth.Bench.Rendering;

/// <summary>The first table of the report, between two marks of a file that says more: the README.</summary>
internal static class ReadmeTable
{
    private const string Begin = "<!-- benchmarks -->\n";
    private const string End = "<!-- /benchmarks -->";

    /// <exception cref="BenchException">The file has no such marks, or the run no such table.</exception>
    public static void Write(Report report, string path)
    {
        string content = File.ReadAllText(path);
        int begin = content.IndexOf(Begin, StringComparison.Ordinal);
        int end = content.IndexOf(End, StringComparison.Ordinal);
        if (report.AmongMappings is null || begin < 0 || end < begin)
        {
            throw new BenchException($"{path} needs the marks {Begin.Trim()} and {End}, and the run the part \"one\"");
        }

        StringBuilder table = new();
        TimeSections.AmongMappings(report.AmongMappings, report.Floor).Table.WriteMarkdown(table);
        File.WriteAllText(path, $"{content[..(begin + Begin.Length)]}\n{table}\n{content[end..]}");
    }
}
