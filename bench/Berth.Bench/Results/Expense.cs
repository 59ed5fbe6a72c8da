namespace Berth.Bench.Results;

/// <summary>What one call of each plugin took besides time.</summary>
/// <param name="Case">The call.</param>
/// <param name="Portmap">Ours.</param>
/// <param name="Reference">The reference's; null where it takes minutes.</param>
internal sealed record Expense(Case Case, Cost Portmap, Cost? Reference);

/// <summary>What one call took besides time.</summary>
/// <param name="PeakKibibytes">Resident memory of the largest of its processes at its peak.</param>
/// <param name="Children">Programs that it ran.</param>
/// <param name="SystemCalls">System calls of all its processes.</param>
internal sealed record Cost(double PeakKibibytes, int Children, int SystemCalls);
