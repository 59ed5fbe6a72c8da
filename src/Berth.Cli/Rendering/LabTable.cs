using System.Globalization;
using Berth.Lab;

namespace Berth.Cli.Rendering;

/// <summary>
/// What was looked at in a lab, what was expected, and what was seen. The usual table fits eighty columns: what is too long for
/// its column goes on below. The wide one has a line a probe.
/// </summary>
internal static class LabTable
{
    private const string Good = "ok";
    private const string Bad = "WRONG";
    private const string Below = "       ";
    private const int Gap = 2;

    private static readonly (int Column, int Least)[] Cuts = [(2, 26), (1, 24), (0, 31), (2, 20), (1, 20), (0, 29)];

    /// <summary>Writes it.</summary>
    /// <param name="terminal">Where to.</param>
    /// <param name="result">What there is to be said.</param>
    /// <param name="isWide">Whether each probe stands in one line.</param>
    /// <param name="colour">Whether a person looks at it; this process itself may write to a pipe.</param>
    public static void Write(Terminal terminal, LabResult result, bool isWide, bool colour)
    {
        TextWriter output = terminal.Output;
        output.WriteLine(result.File.Name);
        if (result.File.Description.Length > 0)
        {
            Paragraph.Write(output, result.File.Description, "  ");
        }

        output.WriteLine();
        int[] widths = Widths(result.Probes, isWide);
        output.Write(Below);
        WriteCells(output, ["PROBE", "EXPECTED", "SEEN"], widths);
        string step = "";
        foreach (ProbeResult row in result.Probes)
        {
            if (row.Step != step)
            {
                step = row.Step;
                Paragraph.Write(output, step, "> ", "  ");
            }

            WriteMark(terminal, row.IsAsExpected, colour);
            WriteCells(output, [row.Probe, row.Expected, row.Seen], widths);
            if (!row.IsAsExpected)
            {
                output.WriteLine($"{Below}at {row.At}");
            }
        }

        foreach (string trouble in result.Troubles)
        {
            Paragraph.Write(output, trouble, "", "  ");
        }

        output.WriteLine();
        int good = result.Probes.Count(static row => row.IsAsExpected);
        output.WriteLine(
            $"{good} of {result.Probes.Count} as expected{(result.Failure is null ? "" : ", and then it failed")}"
            + $" ({Count(result.Nodes, "node")}, {Count(result.Pods, "pod")}, {Count(result.Programs, "program")}, "
            + result.Elapsed.TotalSeconds.ToString("F1", CultureInfo.InvariantCulture) + " s)");
    }

    private static int[] Widths(IReadOnlyList<ProbeResult> rows, bool isWide)
    {
        int[] widths =
        [
            Width("PROBE", rows.Select(static row => row.Probe)), Width("EXPECTED", rows.Select(static row => row.Expected)),
            Width("SEEN", rows.Select(static row => row.Seen)),
        ];
        if (!isWide)
        {
            FittedColumns.Fit(widths, Below.Length + widths.Sum() + (Gap * 2) - Paragraph.Columns, Cuts);
        }

        return widths;
    }

    private static void WriteCells(TextWriter output, string[] cells, int[] widths)
    {
        IReadOnlyList<string>[] lines = [.. cells.Select((cell, i) => FittedColumns.Wrap(OneLine.Of(cell), widths[i]))];
        int height = lines.Max(static cell => cell.Count);
        for (int line = 0; line < height; line++)
        {
            string text = line == 0 ? "" : Below;
            for (int i = 0; i < lines.Length; i++)
            {
                text += (line < lines[i].Count ? lines[i][line] : "").PadRight(widths[i] + Gap);
            }

            output.WriteLine(text.TrimEnd());
        }
    }

    // The mark is a word: colour only helps to find it.
    private static void WriteMark(Terminal terminal, bool isGood, bool colour)
    {
        string mark = (isGood ? Good : Bad).PadRight(Below.Length);
        if (!colour)
        {
            terminal.Output.Write(mark);
            return;
        }

        terminal.WriteSequence(isGood ? "\u001b[32m" : "\u001b[31m");
        terminal.Output.Write(mark);
        terminal.WriteSequence("\u001b[0m");
    }

    private static string Count(int count, string what) => count == 1 ? $"1 {what}" : $"{count} {what}s";

    private static int Width(string header, IEnumerable<string> cells) => cells.Append(header).Max(static cell => cell.Length);
}
