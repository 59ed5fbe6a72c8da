namespace Berth.Manifests;

/// <summary>What to check, and what to leave out.</summary>
public sealed record LintOptions
{
    /// <summary>What is known of the cluster.</summary>
    public LintAssumptions Assumptions { get; init; } = new();

    /// <summary>The checks to run.</summary>
    public IReadOnlyList<LintCheck> Checks { get; init; } = CheckCatalog.All;

    /// <summary>The lowest severity to report.</summary>
    public FindingSeverity Severity { get; init; } = FindingSeverity.Warning;

    /// <summary>What was found before and is not to be reported again; null for nothing.</summary>
    public LintBaseline? Baseline { get; init; }
}
