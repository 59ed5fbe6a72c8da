using Berth.Inspection;

namespace Berth.Cli.Rendering;

/// <summary>Findings for people: what is the matter, what says so, and what to do about it.</summary>
internal static class FindingText
{
    private const int Width = 80;
    private const string Indentation = "  ";

    public static void Write(TextWriter output, IReadOnlyList<Finding> findings, bool colour)
    {
        foreach (Finding finding in findings)
        {
            string severity = finding.Severity == FindingSeverity.Error ? "error" : "warning";
            string start = finding.Severity == FindingSeverity.Error ? "\u001b[31m" : "\u001b[33m";
            output.WriteLine($"{(colour ? $"{start}{severity}\u001b[0m" : severity)} {finding.Id}");
            WriteWrapped(output, finding.Message, Indentation);
            foreach (string line in finding.Evidence)
            {
                WriteWrapped(output, line, "    ", "  - ");
            }

            WriteWrapped(output, finding.Remedy, "     ", "  => ");
            output.WriteLine();
        }

        output.WriteLine(findings.Count switch
        {
            0 => "no findings",
            1 => "1 finding",
            int count => $"{count} findings",
        });
    }

    // Words that are longer than a line, such as commands' arguments, stay whole.
    private static void WriteWrapped(TextWriter output, string text, string indentation, string? first = null)
    {
        string line = first ?? indentation;
        int length = line.Length;
        bool isEmpty = true;
        foreach (string word in OneLine.Of(text).Split(' '))
        {
            if (!isEmpty && length + 1 + word.Length > Width)
            {
                output.WriteLine(line);
                line = indentation;
                length = line.Length;
                isEmpty = true;
            }

            line += isEmpty ? word : " " + word;
            length = line.Length;
            isEmpty = false;
        }

        output.WriteLine(line);
    }
}
