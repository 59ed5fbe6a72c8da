namespace Berth.Manifests;

/// <summary>Runs checks over manifests.</summary>
public static class Linter
{
    /// <summary>Runs them.</summary>
    /// <param name="manifests">What was read.</param>
    /// <param name="options">What to check and what to report.</param>
    public static LintResult Run(ManifestSet manifests, LintOptions options)
    {
        LintContext context = new(manifests, options.Assumptions);
        List<Finding> findings = [];
        Dictionary<FindingSeverity, int> below = [];
        foreach (LintCheck check in options.Checks)
        {
            foreach (Finding finding in check.Run(context))
            {
                Suppression? suppression = InAnnotation(finding);
                if (finding.Severity >= options.Severity)
                {
                    findings.Add(finding with { Suppression = suppression });
                }
                else if (suppression is null)
                {
                    below[finding.Severity] = below.GetValueOrDefault(finding.Severity) + 1;
                }
            }
        }

        List<Finding> ordered = Order(findings, manifests);
        return new LintResult(options.Baseline?.Apply(ordered) ?? ordered) { Lowest = options.Severity, Below = below };
    }

    private static Suppression? InAnnotation(Finding finding)
    {
        if (finding.Check is LintIgnoreCheck)
        {
            return null;
        }

        // Of two objects that collide, either may say that they never run at once.
        string? reason = IgnoreAnnotation.ReasonToIgnore(finding.Object, finding.Check.Id);
        foreach (RelatedObject related in finding.Related)
        {
            reason ??= IgnoreAnnotation.ReasonToIgnore(related.Object, finding.Check.Id);
        }

        return reason is null ? null : new Suppression(SuppressionKind.Annotation, reason);
    }

    // As they stand in the files, and these as they were given.
    private static List<Finding> Order(List<Finding> findings, ManifestSet manifests)
    {
        Dictionary<string, int> files = new(StringComparer.Ordinal);
        foreach (KubernetesObject read in manifests.Objects)
        {
            files.TryAdd(read.Metadata.At.File, files.Count);
        }

        return
        [
            .. findings
                .OrderBy(finding => files.GetValueOrDefault(finding.At.File, files.Count))
                .ThenBy(static finding => finding.At.Line)
                .ThenBy(static finding => finding.At.Column)
                .ThenBy(static finding => finding.Check.Id, StringComparer.Ordinal),
        ];
    }
}
