namespace Berth.Inspection;

/// <summary>
/// How much is still followed. Under assumptions each rule that is not known to match doubles the ways, and each of them
/// may pass every hook. What is certain, and what chance decides, is followed through any number of rules; but chains that jump
/// to others twice are entered twice as often at each step, and are bounded for all.
/// </summary>
internal sealed class WalkEffort
{
    // One for a rule that a way is asked. A node with ten thousand Services asks some ten thousand of each way.
    private const int Limit = 500_000;

    // Ways that became others are compared with each other.
    private const int Comparing = 25;

    // Each counts as much as it is deep, for so much it takes to say whose a rule is. A Service of 5,000 endpoints takes a tenth.
    private const int MostDepths = 300_000;

    private long _spent;
    private int _depths;

    /// <summary>Whether a way may be asked one rule more.</summary>
    internal bool Allows(WalkBranch way) => way.Assumptions.IsEmpty || _spent++ < Limit;

    /// <summary>Whether another chain may be entered.</summary>
    /// <param name="depth">How many jumps led to it.</param>
    internal bool AllowsChain(int depth)
    {
        _depths += depth + 1;
        return _depths <= MostDepths;
    }

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
