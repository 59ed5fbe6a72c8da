using System.Globalization;
using System.Text;

namespace Berth.Cni;

/// <summary>Text for one line of a log or a terminal, in which names that others chose can do nothing.</summary>
internal static class LineText
{
    /// <summary>
    /// The text with whatever ends a line, moves the cursor or turns the direction of writing (UAX #9) written as \uXXXX.
    /// </summary>
    internal static string Of(string text)
    {
        StringBuilder? line = null;
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            bool isSafe = CharUnicodeInfo.GetUnicodeCategory(c) is not (UnicodeCategory.Control or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
            if (!isSafe)
            {
                line ??= new StringBuilder(text, 0, i, text.Length);
                line.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture));
            }
            else
            {
                line?.Append(c);
            }
        }

        return line?.ToString() ?? text;
    }
}
