using System.Text;

namespace Berth.Bench.Rendering;

/// <summary>A table of texts, for a terminal and for Markdown.</summary>
/// <param name="Columns">The headings; those that begin with a space are of columns of numbers, set to the right.</param>
internal sealed record Table(params IReadOnlyList<string> Columns)
{
    private readonly List<IReadOnlyList<string>> _rows = [];

    public void Add(params IReadOnlyList<string> cells) => _rows.Add(cells);

    public void WriteMarkdown(StringBuilder text)
    {
        WriteMarkdownRow(text, [.. Columns.Select(static column => column.Trim())]);
        text.Append('|').AppendJoin('|', Columns.Select(static column => IsNumber(column) ? "---:" : "---")).Append("|\n");
        _rows.ForEach(row => WriteMarkdownRow(text, row));
    }

    public void WriteText(StringBuilder text)
    {
        int[] widths = [.. Columns.Select((column, i) => Math.Max(column.Trim().Length, _rows.Select(row => row[i].Length).DefaultIfEmpty().Max()))];
        WriteTextRow(text, [.. Columns.Select(static column => column.Trim())], widths);
        _rows.ForEach(row => WriteTextRow(text, row, widths));
    }

    private static void WriteMarkdownRow(StringBuilder text, IReadOnlyList<string> cells) =>
        text.Append("| ").AppendJoin(" | ", cells).Append(" |\n");

    private void WriteTextRow(StringBuilder text, IReadOnlyList<string> cells, int[] widths)
    {
        string line = string.Join(
            "  ", cells.Select((cell, i) => IsNumber(Columns[i]) ? cell.PadLeft(widths[i]) : cell.PadRight(widths[i])));
        text.Append(line.TrimEnd()).Append('\n');
    }

    private static bool IsNumber(string column) => column.StartsWith(' ');
}
