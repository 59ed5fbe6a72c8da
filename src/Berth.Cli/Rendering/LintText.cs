using Berth.Manifests;

namespace Berth.Cli.Rendering;

/// <summary>Findings for people, as compilers print them: the place first, so that terminals and editors follow it.</summary>
internal static class LintText
{
    private const int Columns = 80;
    private const string Indentation = "    ";

    /// <summary>Writes what is to be reported.</summary>
    public static void Write(TextWriter output, LintResult result)
    {
        foreach (Finding finding in result.Reported)
        {
            string severity = SeverityName.Of(finding.Severity);
            WriteWords(output, $"{finding.At}: {severity}: {finding.Check.Id}: {finding.Message}.", "");
            WriteWords(output, $"Remedy: {finding.Remedy}", Indentation);
            output.WriteLine($"{Indentation}See: {CheckMarkdown.LinkTo(finding.Check)}");
        }
    }

    // Words are never broken: a path that is longer than a line stays whole.
    private static void WriteWords(TextWriter output, string text, string indentation)
    {
        string line = indentation;
        bool isEmpty = true;
        foreach (string word in text.Split(' '))
        {
            if (!isEmpty && line.Length + 1 + word.Length > Columns)
            {
                output.WriteLine(line);
                line = Indentation;
                isEmpty = true;
            }

            line += isEmpty ? word : $" {word}";
            isEmpty = false;
        }

        output.WriteLine(line);
    }
}
