namespace Berth.HostPorts;

/// <summary>
/// Whose turn it is to change the node, taken when it is needed and not before, and kept until the operation is done. It is
/// needed where a sysctl changes with the ruleset, and by whoever has lost the ruleset to others again and again.
/// </summary>
internal sealed class NodeTurn : IDisposable
{
    /// <summary>The lock's file.</summary>
    internal const string Path = "/run/berth.lock";

    // Each who has its turn is done in milliseconds, on a machine that has any time for it; and there may be many.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _path;
    private NodeLock? _lock;

    internal NodeTurn(string path = Path) => _path = path;

    /// <summary>Whether it is had.</summary>
    internal bool IsHeld => _lock is not null;

    /// <summary>Waits for it, unless it is had.</summary>
    /// <exception cref="HostPortException">The file cannot be made, or others had it for a minute.</exception>
    internal void Take() => _lock ??= NodeLock.Take(_path, Patience);

    /// <summary>Waits for it where it is fairness alone: without it one goes on as before.</summary>
    internal void TryTake()
    {
        try
        {
            Take();
        }
        catch (HostPortException)
        {
            // Of a directory that cannot be written, for instance.
        }
    }

    public void Dispose() => _lock?.Dispose();
}
