namespace Berth.Inspection;

/// <summary>
/// How much is still followed under assumptions: each rule that is not known to match doubles the ways, and each of them
/// may pass every hook. What is certain, and what chance decides, is followed however much it is.
/// </summary>
internal sealed class WalkEffort
{
    // One for a rule that a way is asked. A node with ten thousand Services asks some ten thousand of each way.
    private const int Limit = 500_000;

    // Ways that became others are compared with each other.
    private const int Comparing = 25;

    private long _spent;

    /// <summary>Whether a way may be asked one rule more.</summary>
    internal bool Allows(WalkBranch way) => way.Assumptions.IsEmpty || _spent++ < Limit;

    /// <summary>Puts ways together that a rule changed.</summary>
    internal List<WalkBranch> Merge(List<WalkBranch> changed)
    {
        foreach (WalkBranch way in changed)
        {
            _spent += way.Assumptions.IsEmpty ? 0 : Comparing;
        }

        return BranchMerge.Merge(changed);
    }
}
