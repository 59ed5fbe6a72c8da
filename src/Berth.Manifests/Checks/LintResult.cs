namespace Berth.Manifests;

/// <summary>What the checks found.</summary>
/// <param name="Findings">Everything from the lowest severity on, in the order of files and lines, what is suppressed included.</param>
public sealed record LintResult(IReadOnlyList<Finding> Findings)
{
    /// <summary>The lowest severity that was asked for.</summary>
    public FindingSeverity Lowest { get; init; }

    /// <summary>How many findings are below it, of each severity that has any; without what an annotation suppresses.</summary>
    public IReadOnlyDictionary<FindingSeverity, int> Below { get; init; } = new Dictionary<FindingSeverity, int>();

    /// <summary>What is to be reported.</summary>
    public IEnumerable<Finding> Reported => Findings.Where(static finding => finding.Suppression is null);

    /// <summary>How many findings are not to be reported.</summary>
    public int Suppressed(SuppressionKind kind) => Findings.Count(finding => finding.Suppression?.Kind == kind);
}
