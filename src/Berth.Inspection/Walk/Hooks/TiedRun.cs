namespace Berth.Inspection;

/// <summary>Takes a packet through what runs at one priority: which of two tables comes first, nothing tells.</summary>
internal static class TiedRun
{
    /// <summary>Every order that may be. Where all come to the same, the tie is none.</summary>
    internal static List<WalkBranch> Of(WalkBranch branch, List<HookEntry> tied)
    {
        if (tied.Count == 1)
        {
            return tied[0].Run(branch);
        }

        List<(List<HookEntry> Order, List<WalkBranch> Ways)> runs = [];
        foreach (List<HookEntry> order in TiedOrders.Of(tied, IsBefore))
        {
            List<WalkBranch> ways = [branch];
            foreach (HookEntry entry in order)
            {
                ways = BranchMerge.Merge([.. ways.SelectMany(way => way.End is null ? entry.Run(way) : [way])]);
            }

            runs.Add((order, ways));
        }

        return runs.TrueForAll(run => AreSame(run.Ways, runs[0].Ways))
            ? runs[0].Ways
            : BranchMerge.Merge([.. runs.SelectMany(static run => run.Ways.Select(way => Assume(way, run.Order)).OfType<WalkBranch>())]);
    }

    private static bool AreSame(List<WalkBranch> ways, List<WalkBranch> others) => ways.Count == others.Count
        && ways.TrueForAll(way => others.Exists(other => way.IsAsFarAs(other)
            && way.Assumptions.SequenceEqual(other.Assumptions) && Math.Abs(way.Probability - other.Probability) < 1e-9));

    private static WalkBranch? Assume(WalkBranch way, List<HookEntry> order)
    {
        WalkBranch? assumed = way;
        for (int i = 0; i < order.Count; i++)
        {
            for (int j = i + 1; j < order.Count; j++)
            {
                assumed = Tie(order[i], order[j]) is WalkAssumption tie ? assumed?.Assuming(tie) : assumed;
            }
        }

        return assumed;
    }

    // The kernel's own steps are there before any rule asks for them; in one table the later base chain runs first.
    private static bool IsBefore(HookEntry one, HookEntry other) => (one.Program, other.Program) switch
    {
        ({ } first, { } second) => SameTable(first, second) && first.Registration > second.Registration,
        (null, _) => !one.IsTranslation,
        _ => false,
    };

    internal static bool SameTable(WalkProgram one, WalkProgram other) =>
        one.IsLegacy == other.IsLegacy && one.Family == other.Family && one.Table == other.Table && !one.IsLegacy;

    private static WalkAssumption? Tie(HookEntry first, HookEntry second)
    {
        if (IsBefore(first, second) || IsBefore(second, first))
        {
            return null;
        }

        string one = NameOf(first);
        string other = NameOf(second);
        bool inOrder = string.CompareOrdinal(one, other) <= 0;
        return new WalkAssumption(
            $"tie at priority {first.Priority}: {(inOrder ? one : other)} runs before {(inOrder ? other : one)}, as the one registered later does",
            inOrder);
    }

    private static string NameOf(HookEntry entry) =>
        entry.IsTranslation ? "address translation"
        : entry.Program is { } program ? $"{WalkNames.Table(program)} {program.Chain}"
        : "the kernel";
}
