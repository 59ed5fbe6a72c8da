using Berth.Manifests;

namespace Berth.Cli.Rendering;

/// <summary>The checks, two lines each.</summary>
internal static class CheckList
{
    public static void Write(TextWriter output)
    {
        foreach (LintCheck check in CheckCatalog.All)
        {
            output.WriteLine($"{check.Id} ({SeverityName.Of(check.Page.Severity)})");
            output.WriteLine($"    {check.Page.Reason}");
        }
    }
}
