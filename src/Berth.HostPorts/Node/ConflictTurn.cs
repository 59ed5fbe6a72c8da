using Berth.HostPorts.Configuration;

namespace Berth.HostPorts;

/// <summary>
/// Whose turn it is to be refused a port or get it. Each backend by itself lets nobody come between looking and changing; two that
/// serve one node know nothing of each other's changes.
/// </summary>
public static class ConflictTurn
{
    private const string Path = "/run/berth-conflict.lock";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Waits for it, for those who want no port of somebody else's; null for all others.</summary>
    /// <exception cref="HostPortException">The file cannot be made, or others had it for a minute.</exception>
    public static IDisposable? Take(HostPortConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        return configuration.OnConflict == ConflictRule.Fail ? NodeLock.Take(Path, Patience) : null;
    }

    /// <summary>Makes sure that it can be waited for.</summary>
    /// <exception cref="HostPortException">The file cannot be made.</exception>
    public static void Probe(HostPortConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        if (configuration.OnConflict == ConflictRule.Fail)
        {
            NodeLock.Probe(Path);
        }
    }
}
