namespace Berth.Cli.Rendering;

/// <summary>Text that is broken between words.</summary>
internal static class Paragraph
{
    /// <summary>What every terminal has.</summary>
    public const int Columns = 80;

    /// <summary>Writes a text in lines of at most <see cref="Columns"/>, each behind an indentation; a word that is longer
    /// stays whole.</summary>
    public static void Write(TextWriter output, string text, string indentation) =>
        Write(output, text, indentation, indentation);

    /// <summary>The same, with an indentation of its own for the first line.</summary>
    public static void Write(TextWriter output, string text, string first, string others)
    {
        string indentation = first;
        string line = "";
        foreach (string word in OneLine.Of(text).Split(' '))
        {
            // What begins a line with "::" in the log of GitHub's runner is a command to it.
            if (line.Length > 0 && !word.StartsWith("::", StringComparison.Ordinal) && indentation.Length + line.Length + 1 + word.Length > Columns)
            {
                output.WriteLine(indentation + line);
                indentation = others;
                line = "";
            }

            line = line.Length == 0 ? word : $"{line} {word}";
        }

        output.WriteLine(indentation + line);
    }
}
