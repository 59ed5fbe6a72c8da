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
                // FileShare.None is flock(LOCK_EX | LOCK_NB) on Linux.
                return new NodeLock(new FileStream(
                    path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0));
            }
            catch (UnauthorizedAccessException e)
            {
                throw CannotMake(path, e);
            }
            catch (DirectoryNotFoundException e)
            {
                throw CannotMake(path, e);
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

    private static HostPortException CannotMake(string path, Exception cause) =>
        new($"cannot make the lock file {path}", cause.Message, cause);
}
