namespace Berth.HostPorts.Iptables;

/// <summary>
/// Serialises what Berth does with iptables: between the reading of a table and its change, nobody else of Berth's must
/// change it. Against others the input itself is the guard: it fails as a whole where a chain that it makes exists, or a
/// rule that it removes is gone.
/// </summary>
internal static class IptablesLock
{
    private const string Path = "/run/berth-iptables.lock";

    // Each holder runs a few programs, which may have to wait for iptables-legacy's own lock.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    internal static NodeLock Take() => NodeLock.Take(Path, Patience);

    /// <summary>Makes sure that it can be taken, sooner or later.</summary>
    /// <exception cref="HostPortException">The file cannot be made.</exception>
    internal static void Probe() => NodeLock.Probe(Path);
}
