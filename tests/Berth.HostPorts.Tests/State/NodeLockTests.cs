using System.Collections.Concurrent;
using System.Diagnostics;

namespace Berth.HostPorts.Tests.State;

public sealed class NodeLockTests : IDisposable
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(30);

    private readonly string _path = Path.Combine(Path.GetTempPath(), $"berth-lock-{Guid.NewGuid():N}");

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void Those_who_wait_get_it_in_the_order_in_which_they_came()
    {
        const int Waiters = 20;
        ConcurrentQueue<int> order = [];
        List<Thread> threads = [];
        using (NodeLock.Take(_path, Long))
        {
            for (int i = 0; i < Waiters; i++)
            {
                int number = i;
                Thread thread = new(() =>
                {
                    using NodeLock held = NodeLock.Take(_path, Long);
                    order.Enqueue(number);
                });
                thread.Start();
                threads.Add(thread);
                AwaitWaiters(i + 1);
            }
        }

        threads.ForEach(static thread => thread.Join());
        Assert.Equal(Enumerable.Range(0, Waiters), order);
    }

    [Fact]
    public void Who_gives_up_leaves_it_to_the_next()
    {
        using (NodeLock.Take(_path, Long))
        {
            HostPortException error = Assert.Throws<HostPortException>(() => NodeLock.Take(_path, TimeSpan.FromMilliseconds(20)));

            Assert.StartsWith($"cannot lock {_path} within ", error.Message, StringComparison.Ordinal);
        }

        NodeLock.Take(_path, Long).Dispose();
        NodeLock.Take(_path, Long).Dispose();
    }

    [Fact]
    public void Its_file_is_the_owners_alone_however_it_is_made()
    {
        NodeLock.Probe(_path);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_path));
    }

    [Fact]
    public void That_it_can_be_taken_is_found_out_while_another_has_it()
    {
        using NodeLock held = NodeLock.Take(_path, Long);

        NodeLock.Probe(_path);
    }

    [Fact]
    public void Where_there_can_be_no_file_the_error_says_so()
    {
        HostPortException error = Assert.Throws<HostPortException>(static () => NodeLock.Take("/nonexistent/lock", Long));

        Assert.Equal("cannot make the lock file /nonexistent/lock", error.Message);
        Assert.StartsWith("No such file or directory. ", error.Details, StringComparison.Ordinal);
    }

    // "5: -> FLOCK  ADVISORY  WRITE 123 00:2f:456 0 EOF" for each who waits (proc_locks(5)).
    private void AwaitWaiters(int count)
    {
        string inode = Inode(_path);
        while (File.ReadLines("/proc/locks").Count(line => line.Contains("->", StringComparison.Ordinal) && line.Contains(inode, StringComparison.Ordinal)) < count)
        {
            Thread.Sleep(1);
        }
    }

    private static string Inode(string path)
    {
        using Process stat = Process.Start(
            new ProcessStartInfo("stat", ["-c", ":%i ", path]) { RedirectStandardOutput = true })!;
        return stat.StandardOutput.ReadToEnd().TrimEnd('\n');
    }
}
