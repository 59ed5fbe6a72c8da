using System.Collections.Immutable;

namespace Berth.Inspection;

/// <summary>
/// Puts together branches that have the same future: those that differ in one assumption alone do not depend on it, and
/// those under the same assumptions came about by chance.
/// </summary>
internal static class BranchMerge
{
    internal static List<WalkBranch> Merge(List<WalkBranch> branches)
    {
        if (branches.Count < 2)
        {
            return branches;
        }

        List<WalkBranch> merged = [.. branches];
        for (bool changed = true; changed;)
        {
            changed = false;
            for (int i = 0; i < merged.Count && !changed; i++)
            {
                for (int j = i + 1; j < merged.Count && !changed; j++)
                {
                    if (merged[i].IsAsFarAs(merged[j]) && Together(merged[i], merged[j]) is WalkBranch both)
                    {
                        merged[i] = both;
                        merged.RemoveAt(j);
                        changed = true;
                    }
                }
            }
        }

        return merged;
    }

    private static WalkBranch? Together(WalkBranch one, WalkBranch other)
    {
        ImmutableList<WalkAssumption> mine = one.Assumptions.RemoveRange(other.Assumptions);
        ImmutableList<WalkAssumption> its = other.Assumptions.RemoveRange(one.Assumptions);
        // The fewer steps: what did nothing in the end need not be told.
        WalkBranch kept = one.Steps.Count <= other.Steps.Count ? one : other;
        return (mine, its) switch
        {
            ([], []) => kept with { Probability = one.Probability + other.Probability },
            ([var x], [var y]) when x.Unknown == y.Unknown && x.Holds != y.Holds => kept with
            {
                Assumptions = kept.Assumptions.Remove(x).Remove(y),
                Probability = Math.Max(one.Probability, other.Probability),
            },
            _ => null,
        };
    }
}
