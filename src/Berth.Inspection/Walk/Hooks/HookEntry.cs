namespace Berth.Inspection;

/// <summary>What runs in a hook at its priority: a base chain, or the kernel itself.</summary>
/// <param name="Priority">The lower, the earlier.</param>
/// <param name="Program">The base chain; of address translation the one that it was registered with.</param>
/// <param name="Run">Takes a packet through, and gives all ways out.</param>
internal sealed record HookEntry(int Priority, WalkProgram? Program, Func<WalkBranch, List<WalkBranch>> Run)
{
    /// <summary>Whether it is the kernel's address translation.</summary>
    internal bool IsTranslation { get; init; }

    /// <summary>Those of each priority, in the order of priorities.</summary>
    internal static List<List<HookEntry>> ByPriority(List<HookEntry> entries)
    {
        SortedDictionary<int, List<HookEntry>> groups = [];
        foreach (HookEntry entry in entries)
        {
            if (!groups.TryGetValue(entry.Priority, out List<HookEntry>? group))
            {
                groups.Add(entry.Priority, group = []);
            }

            group.Add(entry);
        }

        return [.. groups.Values];
    }
}
