namespace Berth.Fuzz;

/// <summary>Everything that reads what strangers write.</summary>
internal static class FuzzTargets
{
    /// <summary>Those that are to find nothing.</summary>
    internal static IReadOnlyList<FuzzTarget> Sound { get; } =
    [
        .. NetlinkTargets.All(), .. NfTablesTargets.All(), .. CniTargets.All(), .. TextTargets.All(), .. ProcTargets.All(), .. FileTargets.All(),
        .. WalkTargets.All(), .. PluginTargets.All(),
    ];

    /// <summary>And those that are broken on purpose, which are never run unless named.</summary>
    internal static IReadOnlyList<FuzzTarget> All { get; } = [.. Sound, .. PlantedTargets.All(), .. DeepTargets.All()];

    internal static FuzzTarget? Find(string name) => All.FirstOrDefault(target => target.Name == name);
}
