namespace Berth.Fuzz;

/// <summary>Everything that reads what strangers write.</summary>
internal static class FuzzTargets
{
    internal static IReadOnlyList<FuzzTarget> All { get; } =
    [
        .. NetlinkTargets.All(), .. NfTablesTargets.All(), .. CniTargets.All(), .. TextTargets.All(), .. FileTargets.All(),
        .. WalkTargets.All(), .. PluginTargets.All(), .. PlantedTargets.All(),
    ];

    /// <summary>But for those that are broken on purpose.</summary>
    internal static IReadOnlyList<FuzzTarget> Sound { get; } =
        [.. All.Where(static target => !target.Name.StartsWith(PlantedTargets.Prefix, StringComparison.Ordinal))];

    internal static FuzzTarget? Find(string name) => All.FirstOrDefault(target => target.Name == name);
}
