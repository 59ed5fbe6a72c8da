namespace Berth.Cli.Rendering;

/// <summary>A table as kubectl prints it: headers in capitals, no borders, nothing behind the last column.</summary>
internal sealed class TextTable(params string[] headers)
{
    private const int Gap = 2;

    private readonly List<string[]> _rows = [headers];

    /// <summary>Adds a row, with as many cells as there are headers.</summary>
    public void Add(params string[] cells) => _rows.Add([.. cells.Select(OneLine.Of)]);

    /// <summary>Writes the table, each line behind an indentation.</summary>
    public void Write(TextWriter output, string indentation = "")
    {
        int[] widths = new int[headers.Length];
        foreach (string[] row in _rows)
        {
            for (int i = 0; i < widths.Length; i++)
            {
                widths[i] = Math.Max(widths[i], row[i].Length);
            }
        }

        foreach (string[] row in _rows)
        {
            output.Write(indentation);
            for (int i = 0; i < row.Length; i++)
            {
                output.Write(i < row.Length - 1 ? row[i].PadRight(widths[i] + Gap) : row[i]);
            }

            output.WriteLine();
        }
    }
}
