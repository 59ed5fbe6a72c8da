namespace Berth.Inspection;

/// <summary>What can be said of a packet that may go several ways.</summary>
internal static class WalkConclusions
{
    // With more unknowns than that not every combination is looked at.
    private const int MaxUnknowns = 10;

    internal static WalkConclusion Of(List<WalkBranch> ends)
    {
        List<string> unknowns = [.. ends.SelectMany(static end => end.Assumptions).Select(static assumption => assumption.Unknown).Distinct()];
        if (ends.Exists(static end => end.End!.Outcome == WalkOutcome.Undecided) || Depends(ends, unknowns))
        {
            return WalkConclusion.Depends;
        }

        return ends.TrueForAll(static end => end.End!.Outcome == WalkOutcome.Delivered)
            ? WalkConclusion.Delivered
            : WalkConclusion.Refused;
    }

    /// <summary>Whether a packet would end elsewhere if an assumption did not hold.</summary>
    internal static bool Matters(List<WalkBranch> ends, WalkAssumption assumption) =>
        !EndsUnder(ends, assumption with { Holds = true }).SetEquals(EndsUnder(ends, assumption with { Holds = false }));

    private static bool Depends(List<WalkBranch> ends, List<string> unknowns)
    {
        if (unknowns.Count == 0)
        {
            return false;
        }

        // Taken for one way only: where the other leads is not modelled.
        if (unknowns.Exists(unknown => ends.SelectMany(static end => end.Assumptions).Where(assumption => assumption.Unknown == unknown)
            .Select(static assumption => assumption.Holds).Distinct().Count() == 1))
        {
            return true;
        }

        if (unknowns.Count > MaxUnknowns)
        {
            return ends.Select(static end => EndOf(end)).Distinct().Count() > 1;
        }

        HashSet<string>? first = null;
        for (int choice = 0; choice < 1 << unknowns.Count; choice++)
        {
            HashSet<string> reached = [];
            foreach (WalkBranch end in ends)
            {
                if (end.Assumptions.TrueForAll(assumption =>
                    ((choice >> unknowns.IndexOf(assumption.Unknown)) & 1) != 0 == assumption.Holds))
                {
                    reached.Add(EndOf(end));
                }
            }

            // No way at all: these cannot be so together.
            if (reached.Count == 0)
            {
                continue;
            }

            first ??= reached;
            if (!first.SetEquals(reached))
            {
                return true;
            }
        }

        return false;
    }

    private static HashSet<string> EndsUnder(List<WalkBranch> ends, WalkAssumption assumption) =>
        [.. ends.Where(end => !end.Assumptions.Contains(assumption with { Holds = !assumption.Holds })).Select(EndOf)];

    private static string EndOf(WalkBranch branch)
    {
        WalkEnd end = branch.End!;
        return end.Outcome == WalkOutcome.Delivered
            ? $"{end.Kind} {end.Address} {end.Port} {end.Interface} {end.Gateway} {end.Text}"
            : $"{end.Outcome}";
    }
}
