using Berth.Inspection;

namespace Berth.Cli.Rendering;

/// <summary>Findings for people: what is the matter, what says so, and what to do about it.</summary>
internal static class FindingText
{
    private const string Indentation = "  ";

    /// <param name="output">Where they go.</param>
    /// <param name="findings">The findings.</param>
    /// <param name="isAllRead">Whether everything that there may be findings in could be read.</param>
    /// <param name="colour">Whether severities are coloured.</param>
    public static void Write(TextWriter output, IReadOnlyList<Finding> findings, bool isAllRead, bool colour)
    {
        foreach (Finding finding in findings)
        {
            string severity = finding.Severity == FindingSeverity.Error ? "error" : "warning";
            string start = finding.Severity == FindingSeverity.Error ? "\u001b[31m" : "\u001b[33m";
            output.WriteLine($"{(colour ? $"{start}{severity}\u001b[0m" : severity)} {finding.Id}");
            Paragraph.Write(output, finding.Message, Indentation);
            foreach (string line in finding.Evidence)
            {
                Paragraph.Write(output, line, "  - ", "    ");
            }

            Paragraph.Write(output, finding.Remedy, "  => ", "     ");
            output.WriteLine();
        }

        output.WriteLine(findings.Count switch
        {
            0 => isAllRead ? "no findings" : "no findings in what could be read",
            1 => "1 finding",
            int count => $"{count} findings",
        });
    }
}
