using Berth.Manifests;

namespace Berth.Cli.Rendering;

/// <summary>What the checks are about, as the page <c>docs/checks.md</c> has it, which is made by this.</summary>
internal static class CheckMarkdown
{
    private const string Head = """
        # What `berth lint` checks

        This page is what `berth lint --explain all` prints; [how to use it](lint.md) stands elsewhere. Each example is run
        through all checks by a test: on the first one the check fires, and no other; on the second one none does.

        """;

    /// <summary>What prints the page of a check: it works wherever the command does.</summary>
    public static string CommandFor(LintCheck check) => $"berth lint --explain {check.Id}";

    /// <summary>Writes one check, or all of them and what stands before them.</summary>
    public static void Write(TextWriter output, LintCheck? only)
    {
        if (only is not null)
        {
            WriteCheck(output, only);
            return;
        }

        output.WriteLine(Head);
        output.WriteLine("| check | severity | |");
        output.WriteLine("|---|---|---|");
        foreach (LintCheck check in CheckCatalog.All)
        {
            output.WriteLine($"| [{check.Id}](#{check.Id}) | {SeverityName.Of(check.Page.Severity)} | {check.Page.Reason} |");
        }

        foreach (LintCheck check in CheckCatalog.All)
        {
            output.WriteLine();
            WriteCheck(output, check);
        }
    }

    private static void WriteCheck(TextWriter output, LintCheck check)
    {
        string options = check.Page.ExampleOptions.Count == 0 ? "" : $" {string.Join(' ', check.Page.ExampleOptions)}";
        output.WriteLine($"## {check.Id}");
        output.WriteLine();
        output.WriteLine($"*{SeverityName.Of(check.Page.Severity)}*: {check.Page.Reason}");
        output.WriteLine();
        output.WriteLine(check.Page.Explanation);
        output.WriteLine();
        output.WriteLine($"**Remedy.** {check.Page.Remedy}");
        output.WriteLine();
        output.WriteLine($"`berth lint{options}` fires on:");
        WriteManifests(output, check.Page.Failing);
        output.WriteLine();
        output.WriteLine("It is silent on:");
        WriteManifests(output, check.Page.Passing);
    }

    private static void WriteManifests(TextWriter output, string manifests)
    {
        output.WriteLine();
        output.WriteLine("```yaml");
        output.WriteLine(manifests);
        output.WriteLine("```");
    }
}
