using Berth.Manifests;

namespace Berth.Cli.Rendering;

/// <summary>Findings as workflow commands, which GitHub Actions shows at the lines of a pull request
/// (https://docs.github.com/actions/reference/workflow-commands-for-github-actions).</summary>
internal static class LintGithub
{
    public static void Write(TextWriter output, ManifestSet manifests, LintResult result)
    {
        foreach (Diagnostic diagnostic in manifests.Diagnostics)
        {
            string command = diagnostic.Severity == DiagnosticSeverity.Error ? "error" : "warning";
            WriteCommand(output, command, diagnostic.At, "berth lint", diagnostic.Message);
        }

        foreach (Finding finding in result.Reported)
        {
            string command = finding.Severity switch
            {
                FindingSeverity.Error => "error",
                FindingSeverity.Warning => "warning",
                _ => "notice",
            };
            WriteCommand(output, command, finding.At, finding.Check.Id, $"{FindingSentence.Of(finding)}\nRemedy: {finding.Remedy}\nSee: {CheckMarkdown.CommandFor(finding.Check)}");
        }
    }

    private static void WriteCommand(TextWriter output, string command, Location at, string title, string message) =>
        output.WriteLine(
            $"::{command} file={Property(at.File)},line={at.Line},col={at.Column},title={Property(title)}::{Data(message)}");

    private static string Data(string text) => text
        .Replace("%", "%25", StringComparison.Ordinal)
        .Replace("\r", "%0D", StringComparison.Ordinal)
        .Replace("\n", "%0A", StringComparison.Ordinal);

    private static string Property(string text) => Data(text)
        .Replace(":", "%3A", StringComparison.Ordinal)
        .Replace(",", "%2C", StringComparison.Ordinal);
}
