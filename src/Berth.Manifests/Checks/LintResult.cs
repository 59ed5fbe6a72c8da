namespace Berth.Manifests;

/// <summary>What the checks found.</summary>
/// <param name="Findings">Everything, in the order of files and lines, what is not to be reported included.</param>
public sealed record LintResult(IReadOnlyList<Finding> Findings)
{
    /// <summary>What is to be reported.</summary>
    public IEnumerable<Finding> Reported => Findings.Where(static finding => finding.Suppression is null);

    /// <summary>How many findings are not to be reported.</summary>
    public int Suppressed(SuppressionKind kind) => Findings.Count(finding => finding.Suppression?.Kind == kind);
}
