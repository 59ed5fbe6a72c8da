using Berth.Manifests;

namespace Berth.Cli.Rendering;

/// <summary>What is said on standard error at the end: what could not be read, what was
/// looked at, and what not.</summary>
internal static class LintSummary
{
    public static void Write(TextWriter error, ManifestSet manifests, LintResult result)
    {
        ReadingNotes.Write(error, manifests);
        error.WriteLine($"{Count.Of(manifests.Objects.Count, "object")} in {Count.Of(manifests.Files, "file")}: {Findings(result)}");
        string[] hidden =
        [
            .. BelowSeverity(result),
            .. Hidden(result.Suppressed(SuppressionKind.Annotation), "suppressed by annotation"),
            .. Hidden(result.Suppressed(SuppressionKind.Baseline), "in the baseline"),
        ];
        if (hidden.Length > 0)
        {
            error.WriteLine($"not reported: {string.Join(", ", hidden)}");
        }
    }

    private static string Findings(LintResult result)
    {
        List<string> parts = [];
        foreach (FindingSeverity severity in (FindingSeverity[])[FindingSeverity.Error, FindingSeverity.Warning, FindingSeverity.Note])
        {
            int count = result.Reported.Count(finding => finding.Severity == severity);
            if (count > 0)
            {
                parts.Add(Count.Of(count, SeverityName.Of(severity)));
            }
        }

        return parts.Count == 0 ? "no findings" : string.Join(", ", parts);
    }

    private static IEnumerable<string> BelowSeverity(LintResult result)
    {
        string[] counts =
        [
            .. result.Below.OrderByDescending(static below => below.Key).Select(static below => Count.Of(below.Value, SeverityName.Of(below.Key))),
        ];
        return counts.Length == 0 ? [] : [$"{string.Join(" and ", counts)} below --severity {SeverityName.Of(result.Lowest)}"];
    }

    private static IEnumerable<string> Hidden(int count, string why) => count > 0 ? [$"{count} {why}"] : [];
}
