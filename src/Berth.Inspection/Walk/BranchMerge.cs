using System.Collections.Immutable;

namespace Berth.Inspection;

/// <summary>
/// Puts together branches that have the same future: those that differ in one assumption alone do not depend on it, and
/// those under the same assumptions came about by chance. What is left is bounded: of rules that are not known to match, each
/// doubles the ways.
/// </summary>
internal static class BranchMerge
{
    /// <summary>Ways under assumptions that are followed; of more nobody could say what it all depends on.</summary>
    internal const int MaxAssumed = 64;

    /// <summary>Ways that are followed at all: more than any Service has endpoints.</summary>
    internal const int MaxWays = 8192;

    private const string NotFollowed = "not followed: there are more ways than can be told";

    /// <returns>The branches; where there are too many, those under the most assumptions are one, whose end is undecided.</returns>
    internal static List<WalkBranch> Merge(List<WalkBranch> branches)
    {
        List<WalkBranch> merged = branches;
        for (int before = int.MaxValue; merged.Count > 1 && merged.Count < before;)
        {
            before = merged.Count;
            merged = Pass(merged);
        }

        return merged.Count <= MaxAssumed ? merged : Bounded(merged);
    }

    /// <summary>A way that is given up: whatever it depends on, its end is undecided.</summary>
    internal static WalkBranch Unfollowed(WalkBranch branch) =>
        (branch with { Assumptions = [] }).Ended(WalkOutcome.Undecided, NotFollowed);

    // Only what has the same future and depends on the same unknowns can be put together: those are looked for by hash.
    private static List<WalkBranch> Pass(List<WalkBranch> branches)
    {
        List<WalkBranch> merged = new(branches.Count);
        Dictionary<int, List<int>> places = [];
        foreach (WalkBranch branch in branches)
        {
            int key = Key(branch);
            if (!places.TryGetValue(key, out List<int>? alike))
            {
                places.Add(key, alike = []);
            }

            if (!TakeIn(branch, alike, merged))
            {
                alike.Add(merged.Count);
                merged.Add(branch);
            }
        }

        return merged;
    }

    private static bool TakeIn(WalkBranch branch, List<int> alike, List<WalkBranch> merged)
    {
        for (int i = 0; i < alike.Count; i++)
        {
            WalkBranch earlier = merged[alike[i]];
            if (earlier.IsAsFarAs(branch) && Together(earlier, branch) is WalkBranch both)
            {
                merged[alike[i]] = both;
                if (both.Assumptions.Count != branch.Assumptions.Count)
                {
                    // It depends on fewer unknowns now: the next pass finds its like.
                    alike.RemoveAt(i);
                }

                return true;
            }
        }

        return false;
    }

    private static int Key(WalkBranch branch)
    {
        int unknowns = 0;
        foreach (WalkAssumption assumption in branch.Assumptions)
        {
            unknowns ^= assumption.Unknown.GetHashCode(StringComparison.Ordinal);
        }

        return HashCode.Combine(branch.Packet, branch.End, branch.Rewriter?.Key, branch.Route?.Output, branch.Assumptions.Count, unknowns);
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

    private static List<WalkBranch> Bounded(List<WalkBranch> branches)
    {
        List<WalkBranch> followed = [];
        WalkBranch? left = null;
        int assumed = 0;
        foreach (WalkBranch branch in branches.OrderBy(static branch => branch.Assumptions.Count))
        {
            if (branch.End?.Text == NotFollowed)
            {
                left = branch;
            }
            else if (followed.Count < MaxWays && (branch.Assumptions.IsEmpty || assumed < MaxAssumed))
            {
                assumed += branch.Assumptions.IsEmpty ? 0 : 1;
                followed.Add(branch);
            }
            else
            {
                left ??= Unfollowed(branch);
            }
        }

        if (left is not null)
        {
            followed.Add(left);
        }

        return followed;
    }
}
