namespace Berth.HostPorts;

/// <summary>
/// The lock that serialises changes of sysctls with the changes of the ruleset that belong to them. Held by an open file:
/// it goes when the process goes, however that ends.
/// </summary>
internal sealed class NodeLock : IDisposable
{
    /// <summary>The file. It stays, empty.</summary>
    internal const string Path = "/run/berth.lock";

    private const int WaitMilliseconds = 2;
    private const int WouldBlock = 11; // EWOULDBLOCK: held by another

    // FileShare.None is flock(LOCK_EX | LOCK_NB) on Linux. Whoever can open the file can lock it, for reading too: nobody
    // but its owner may.
    private static readonly FileStreamOptions Options = new()
    {
        Mode = FileMode.OpenOrCreate,
        Access = FileAccess.ReadWrite,
        Share = FileShare.None,
        BufferSize = 0,
        UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
    };

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly FileStream _file;

    private NodeLock(FileStream file) => _file = file;

    /// <summary>Waits for the lock.</summary>
    /// <exception cref="HostPortException">The file cannot be made, or another process held the lock for ten seconds.</exception>
    internal static NodeLock Take() => Take(Path, Patience);

    /// <summary>Waits for a lock of another file.</summary>
    /// <exception cref="HostPortException">The file cannot be made, or another process held the lock for too long.</exception>
    internal static NodeLock Take(string path, TimeSpan patience)
    {
        long start = Environment.TickCount64;
        while (true)
        {
            try
            {
                return new NodeLock(new FileStream(path, Options));
            }
            catch (Exception e) when (e is UnauthorizedAccessException || (e is IOException && e.HResult != WouldBlock))
            {
                throw new HostPortException($"cannot make the lock file {path}", e.Message, e);
            }
            catch (IOException e)
            {
                if (Environment.TickCount64 - start > patience.TotalMilliseconds)
                {
                    throw new HostPortException(
                        $"cannot lock {path} within {patience.TotalSeconds:0} seconds", e.Message, e);
                }

                Thread.Sleep(WaitMilliseconds);
            }
        }
    }

    public void Dispose() => _file.Dispose();
}
