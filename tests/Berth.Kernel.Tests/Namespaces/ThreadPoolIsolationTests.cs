using System.Collections.Concurrent;
using Berth.Netlink;

namespace Berth.Kernel.Tests.Namespaces;

/// <summary>One thread-pool thread born inside a container's namespace is enough to send a later, unrelated
/// connection through the container.</summary>
public sealed class ThreadPoolIsolationTests
{
    [Fact]
    public void No_thread_is_left_in_the_namespace_whatever_tasks_and_timers_do_meanwhile()
    {
        using NetworkNamespace foreign = NetworkNamespace.Create();
        NetworkNamespaceId home = CurrentId();
        ConcurrentDictionary<NetworkNamespaceId, int> seen = [];
        using CountdownEvent pending = new(64 + 20);
        using Timer timer = new(_ => Record(seen), null, 0, 1);

        for (int i = 0; i < 20; i++)
        {
            // Each blocks its pool thread, so that the pool must make new ones while a thread is inside.
            _ = Task.Run(() => Work(seen, pending));
            foreign.Run(() => Thread.Sleep(5));
        }

        for (int i = 0; i < 64; i++)
        {
            _ = Task.Factory.StartNew(
                () => Work(seen, pending), CancellationToken.None, TaskCreationOptions.None, TaskScheduler.Default);
        }

        Assert.True(pending.Wait(TimeSpan.FromMinutes(2)));
        Assert.Equal([home], seen.Keys);
        Assert.DoesNotContain(foreign.Id.ToString(), NamespacesOfAllThreads());
    }

    [Fact]
    public void The_watch_on_all_threads_sees_a_thread_that_is_inside()
    {
        using NetworkNamespace foreign = NetworkNamespace.Create();

        List<string> inside = foreign.Run(NamespacesOfAllThreads);

        Assert.Contains(foreign.Id.ToString(), inside);
    }

    private static void Work(ConcurrentDictionary<NetworkNamespaceId, int> seen, CountdownEvent pending)
    {
        Record(seen);
        Thread.Sleep(10);
        pending.Signal();
    }

    private static void Record(ConcurrentDictionary<NetworkNamespaceId, int> seen) =>
        seen.AddOrUpdate(CurrentId(), 1, (_, count) => count + 1);

    internal static List<string> NamespacesOfAllThreads()
    {
        List<string> found = [];
        foreach (string task in Directory.EnumerateDirectories("/proc/self/task"))
        {
            // A thread may end while it is looked at.
            if (new FileInfo($"{task}/ns/net") is { LinkTarget: { } target })
            {
                found.Add(target);
            }
        }

        return found;
    }

    private static NetworkNamespaceId CurrentId()
    {
        using NetworkNamespace current = NetworkNamespace.OpenCurrent();
        return current.Id;
    }
}
