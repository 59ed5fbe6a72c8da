using Microsoft.Win32.SafeHandles;

namespace Berth.HostPorts;

/// <summary>
/// The lock that serialises changes of sysctls with the changes of the ruleset that belong to them. Held by an open file:
/// it goes when the process goes, however that ends.
/// </summary>
internal sealed class NodeLock : IDisposable
{
    /// <summary>The file. It stays, empty.</summary>
    internal const string Path = "/run/berth.lock";

    private const int FirstWait = 2; // milliseconds

    // A try costs tens of microseconds: of many who wait, each must leave the processors to the one that is at work.
    private const int LongestWait = 16;

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
        int wait = FirstWait;
        while (true)
        {
            try
            {
                return new NodeLock(new FileStream(path, Options));
            }
            catch (Exception e) when (e is UnauthorizedAccessException || (e is IOException && e.HResult != WouldBlock))
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

                Thread.Sleep(wait);
                wait = Math.Min(2 * wait, LongestWait);
            }
        }
    }

    /// <summary>Makes sure that the lock can be taken, sooner or later; makes its file.</summary>
    /// <exception cref="HostPortException">The file cannot be made.</exception>
    internal static void Probe() => Probe(Path);

    /// <summary>The same of another file.</summary>
    /// <exception cref="HostPortException">The file cannot be made.</exception>
    internal static void Probe(string path)
    {
        try
        {
            // Whoever shares reading and writing takes no lock.
            using SafeFileHandle _ = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw CannotMake(path, e);
        }
    }

    public void Dispose() => _file.Dispose();

    private static HostPortException CannotMake(string path, Exception cause) => new(
        $"cannot make the lock file {path}",
        $"{cause.Message.TrimEnd('.')}. With it calls of portmap take turns. Make the directory writable for portmap.", cause);
}
