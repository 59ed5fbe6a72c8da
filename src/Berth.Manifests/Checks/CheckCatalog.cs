namespace Berth.Manifests;

/// <summary>All checks.</summary>
public static class CheckCatalog
{
    /// <summary>Sorted by id.</summary>
    public static IReadOnlyList<Check> All { get; } =
    [
        new DuplicateHostPortCheck(),
        new HostNetworkPortMismatchCheck(),
        new HostPortCollisionCheck(),
        new LintIgnoreCheck(),
        new NodePortConflictCheck(),
        new NodePortRangeCheck(),
    ];

    /// <summary>The check of an id, or null.</summary>
    public static Check? Find(string id) => All.FirstOrDefault(check => check.Id == id);
}
