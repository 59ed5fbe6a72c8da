namespace Berth.Lab;

/// <summary>The files that a lab runs.</summary>
/// <param name="Self">The command line of <c>berth</c> itself, which is also the echo server.</param>
/// <param name="Portmap">The portmap plugin of Berth; null when it was not found.</param>
/// <param name="ReferencePortmap">The reference plugin; null when it was not found.</param>
/// <param name="Plugins">Directories with the other CNI plugins: bridge, ptp, host-local.</param>
public sealed record LabTools(
    IReadOnlyList<string> Self, string? Portmap, string? ReferencePortmap, IReadOnlyList<string> Plugins)
{
    /// <summary>Where one of the other plugins is; null when it is nowhere.</summary>
    internal string? FindPlugin(string name) =>
        Plugins.Select(directory => Path.Combine(directory, name)).FirstOrDefault(File.Exists);
}
