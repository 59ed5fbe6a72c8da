namespace Berth.Cli.Rendering;

/// <summary>The widths of a table's columns where the longest line must fit, and what becomes of a text that is too
/// long.</summary>
internal static class FittedColumns
{
    /// <summary>Takes from the columns that lose least, until the line fits.</summary>
    /// <param name="widths">How wide each column would be; then how wide it is.</param>
    /// <param name="over">By how many characters the line is too long.</param>
    /// <param name="cuts">Which column gives way, and how much is left of it, in the order of what is missed least.</param>
    public static void Fit(int[] widths, int over, ReadOnlySpan<(int Column, int Least)> cuts)
    {
        foreach ((int column, int least) in cuts)
        {
            if (over > 0 && widths.Length > 0)
            {
                int taken = Math.Clamp(widths[column] - least, 0, over);
                widths[column] -= taken;
                over -= taken;
            }
        }
    }

    /// <summary>As much of a text as there is room for; a tilde stands for the rest.</summary>
    public static string Cut(string text, int width) => text.Length <= width ? text : text[..(width - 1)] + "~";

    /// <summary>All of a text, in as many lines as it takes; broken between words where that can be.</summary>
    public static IReadOnlyList<string> Wrap(string text, int width)
    {
        List<string> lines = [];
        while (text.Length > width)
        {
            int space = text.LastIndexOf(' ', width);
            lines.Add(text[..(space > 0 ? space : width)]);
            text = text[(space > 0 ? space + 1 : width)..];
        }

        lines.Add(text);
        return lines;
    }
}
