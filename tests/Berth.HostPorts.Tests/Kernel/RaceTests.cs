using System.Collections.Concurrent;
using Berth.HostPorts.Nftables;

namespace Berth.HostPorts.Tests.Kernel;

/// <summary>What sixteen plugin processes at once do: each with a backend of its own, none knowing of the others.</summary>
public class RaceTests : KernelTests
{
    private const int Writers = 16;
    private const int Rounds = 4;

    [Fact]
    public void ADDs_and_DELs_at_once_on_shared_ports_and_links_leave_nothing()
    {
        for (int round = 0; round < Rounds; round++)
        {
            Together(static (backend, i) => backend.Add(Pod(i, 1 + (i % 2)), Ports(Shared(i))));
            Assert.Equal(1, RouteLocalnetOf(Link));
            Assert.Equal(1, RouteLocalnetOf(OtherLink));
            Assert.Equal(4, Count("ip", "hostports"));
            Assert.Equal(4, Count("ip6", "hostports"));
            Assert.Equal(Writers, Count("ip", "attachments"));

            Together(static (backend, i) => backend.Delete(Pod(i, 1 + (i % 2)), Ports(Shared(i))));
            AssertNothingIsLeft();
        }
    }

    [Fact]
    public void ADD_and_DEL_of_each_attachment_in_turn_leave_nothing()
    {
        Together(static (backend, i) =>
        {
            for (int round = 0; round < 8; round++)
            {
                backend.Add(Pod(i, 1 + (i % 2)), Ports(Shared(i), (ushort)(9000 + i)));
                backend.Delete(Pod(i, 1 + (i % 2)), round % 2 == 0 ? Ports(Shared(i), (ushort)(9000 + i)) : Ports());
            }
        });

        AssertNothingIsLeft();
    }

    private static ushort Shared(int writer) => (ushort)(8080 + (writer % 4));

    private static void Together(Action<NftablesBackend, int> action)
    {
        ConcurrentBag<Exception> errors = [];
        using Barrier barrier = new(Writers);
        Thread[] threads = [.. Enumerable.Range(0, Writers).Select(i => new Thread(() =>
        {
            barrier.SignalAndWait();
            try
            {
                using NftablesBackend backend = NftablesBackend.Open(
                    warning => errors.Add(new InvalidOperationException(warning)));
                action(backend, i);
            }
            catch (Exception e)
            {
                errors.Add(e);
            }
        }))];
        foreach (Thread thread in threads)
        {
            thread.Start();
        }

        foreach (Thread thread in threads)
        {
            thread.Join();
        }

        Assert.Empty(errors);
    }

    private void AssertNothingIsLeft()
    {
        Assert.Equal(0, Elements());
        Assert.Equal(0, RouteLocalnetOf(Link));
        Assert.Equal(0, RouteLocalnetOf(OtherLink));
    }

    private int Count(string family, string set) => Connection.Elements(
        new TableSets(family == "ip" ? Berth.NfTables.NfFamily.Ip : Berth.NfTables.NfFamily.Ip6)
            .All.Single(candidate => candidate.Name == set)).Count;
}
