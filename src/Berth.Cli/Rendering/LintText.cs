using Berth.Manifests;

namespace Berth.Cli.Rendering;

/// <summary>Findings for people, as compilers print them: the place first, so that terminals and editors follow it.</summary>
internal static class LintText
{
    private const string Indentation = "    ";

    /// <summary>Writes what is to be reported.</summary>
    public static void Write(TextWriter output, LintResult result)
    {
        foreach (Finding finding in result.Reported)
        {
            string severity = SeverityName.Of(finding.Severity);
            Paragraph.Write(output, $"{finding.At}: {severity}: {finding.Check.Id}: {FindingSentence.Of(finding)}", "", Indentation);
            Paragraph.Write(output, $"Remedy: {finding.Remedy}", Indentation);
            output.WriteLine($"{Indentation}See: {CheckMarkdown.CommandFor(finding.Check)}");
        }
    }
}
