namespace Berth.Manifests;

/// <summary>A check of the addresses that claims are made on, as they are written.</summary>
/// <param name="page">What it is for people.</param>
internal abstract class HostIPCheck(CheckPage page) : LintCheck(page)
{
    internal override IEnumerable<Finding> Run(LintContext context)
    {
        foreach (WorkloadClaim claim in context.Claims)
        {
            if (claim.Claim.Entry.HostIP is { Value.Length: > 0 } written
                && Trap(claim, written.Value) is (string message, FindingSeverity severity))
            {
                yield return Found(claim.Workload, written.At, claim.Claim.ToString(), message) with { Severity = severity };
            }
        }
    }

    /// <summary>What is wrong with the address, and how bad it is; null when nothing is.</summary>
    private protected abstract (string Message, FindingSeverity Severity)? Trap(WorkloadClaim claim, string written);
}
