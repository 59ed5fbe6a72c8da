using System.Globalization;
using Berth.Lab;

namespace Berth.Cli.Rendering;

/// <summary>What was looked at in a lab, what was expected, and what was seen.</summary>
internal static class LabTable
{
    private const string Good = "ok";
    private const string Bad = "WRONG";

    public static void Write(TextWriter output, LabResult result, bool colour)
    {
        output.WriteLine(result.File.Name);
        if (result.File.Description.Length > 0)
        {
            Paragraph.Write(output, result.File.Description.ReplaceLineEndings(" "), "  ");
        }

        output.WriteLine();
        int probe = Width("PROBE", result.Probes.Select(static row => row.Probe));
        int expected = Width("EXPECTED", result.Probes.Select(static row => row.Expected));
        output.WriteLine($"       {"PROBE".PadRight(probe)}  {"EXPECTED".PadRight(expected)}  SEEN");
        string step = "";
        foreach (ProbeResult row in result.Probes)
        {
            if (row.Step != step)
            {
                step = row.Step;
                output.WriteLine($"> {step}");
            }

            string mark = (row.IsAsExpected ? Good : Bad).PadRight(5);
            string painted = !colour ? mark : row.IsAsExpected ? $"\u001b[32m{mark}\u001b[0m" : $"\u001b[31m{mark}\u001b[0m";
            output.WriteLine($"{painted}  {row.Probe.PadRight(probe)}  {row.Expected.PadRight(expected)}  {row.Seen}");
            if (!row.IsAsExpected)
            {
                output.WriteLine($"       at {row.At}");
            }
        }

        output.WriteLine();
        int good = result.Probes.Count(static row => row.IsAsExpected);
        output.WriteLine(
            $"{good} of {result.Probes.Count} as expected{(result.Failure is null ? "" : ", and then it failed")}"
            + $" ({Count(result.Nodes, "node")}, {Count(result.Pods, "pod")}, {result.Programs} programs, "
            + result.Elapsed.TotalSeconds.ToString("F1", CultureInfo.InvariantCulture) + " s)");
    }

    private static string Count(int count, string what) => count == 1 ? $"1 {what}" : $"{count} {what}s";

    private static int Width(string header, IEnumerable<string> cells) => cells.Append(header).Max(static cell => cell.Length);
}
