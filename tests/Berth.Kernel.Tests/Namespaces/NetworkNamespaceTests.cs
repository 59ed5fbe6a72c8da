using System.Net;
using System.Net.Sockets;
using Berth.Netlink;

namespace Berth.Kernel.Tests.Namespaces;

public sealed class NetworkNamespaceTests
{
    [Fact]
    public void A_new_namespace_is_another_one_and_holds_only_a_loopback_that_is_down()
    {
        using NetworkNamespace home = NetworkNamespace.OpenCurrent();
        using NetworkNamespace created = NetworkNamespace.Create();

        Assert.NotEqual(home.Id, created.Id);
        string[] devices = created.Run(() => File.ReadAllLines("/proc/thread-self/net/dev"));
        Assert.Equal("lo:", Assert.Single(devices[2..]).Trim().Split(' ')[0]);
    }

    [Fact]
    public void The_function_runs_inside_and_the_caller_stays_outside()
    {
        using NetworkNamespace home = NetworkNamespace.OpenCurrent();
        using NetworkNamespace created = NetworkNamespace.Create();

        NetworkNamespaceId inside = created.Run(CurrentId);

        Assert.Equal(created.Id, inside);
        Assert.Equal(home.Id, CurrentId());
    }

    [Fact]
    public void The_identity_is_what_the_kernel_prints()
    {
        using NetworkNamespace created = NetworkNamespace.Create();

        string printed = created.Run(() => new FileInfo("/proc/thread-self/ns/net").LinkTarget!);

        Assert.Equal(printed, created.Id.ToString());
    }

    [Fact]
    public void A_socket_made_inside_keeps_its_namespace_outside()
    {
        using NetworkNamespace one = NetworkNamespace.Create();
        using NetworkNamespace other = NetworkNamespace.Create();
        using Socket first = one.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
        using Socket second = other.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));

        first.Bind(new IPEndPoint(IPAddress.Any, 4242));
        second.Bind(new IPEndPoint(IPAddress.Any, 4242));

        Assert.Equal(first.LocalEndPoint, second.LocalEndPoint);
    }

    [Fact]
    public void What_the_function_throws_comes_out_and_the_namespace_can_be_entered_again()
    {
        using NetworkNamespace created = NetworkNamespace.Create();

        InvalidOperationException thrown = Assert.Throws<InvalidOperationException>(
            () => created.Run<int>(() => throw new InvalidOperationException("from inside")));

        Assert.Equal("from inside", thrown.Message);
        Assert.Equal(created.Id, created.Run(CurrentId));
    }

    [Fact]
    public void When_the_thread_cannot_leave_it_dies_its_result_is_disposed_and_the_error_is_reported()
    {
        using NetworkNamespace foreign = NetworkNamespace.Create();
        Socket? lost = null;

        NetworkNamespaceException error = Assert.Throws<NetworkNamespaceException>(() => foreign.Run(() =>
        {
            lost = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            ThreadCapabilities.Drop();
            return lost;
        }));

        Assert.Equal(("leave", 1), (error.Operation, error.Errno));
        Assert.True(lost!.SafeHandle.IsClosed);
        // Join returns a moment before the kernel is done with the thread.
        Assert.True(SpinWait.SpinUntil(
            () => !ThreadPoolIsolationTests.NamespacesOfAllThreads().Contains(foreign.Id.ToString()),
            TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public void A_function_may_enter_a_second_namespace()
    {
        using NetworkNamespace outer = NetworkNamespace.Create();
        using NetworkNamespace inner = NetworkNamespace.Create();

        (NetworkNamespaceId Inner, NetworkNamespaceId After) seen =
            outer.Run(() => (inner.Run(CurrentId), CurrentId()));

        Assert.Equal((inner.Id, outer.Id), seen);
    }

    [Fact]
    public void Opening_what_is_not_there_names_the_path_and_the_reason()
    {
        NetworkNamespaceException error = Assert.Throws<NetworkNamespaceException>(
            () => NetworkNamespace.Open("/proc/self/no-such-namespace"));

        Assert.Equal("open", error.Operation);
        Assert.Equal(2, error.Errno);
        Assert.Contains("/proc/self/no-such-namespace", error.Message, StringComparison.Ordinal);
        Assert.Contains("No such file", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/dev/null")]
    [InlineData("/proc/self/ns/uts")]
    public void Entering_what_is_no_network_namespace_fails_and_runs_nothing(string path)
    {
        using NetworkNamespace opened = NetworkNamespace.Open(path);
        bool ran = false;

        NetworkNamespaceException error = Assert.Throws<NetworkNamespaceException>(() => opened.Run(() => { ran = true; }));

        Assert.Equal(("enter", 22), (error.Operation, error.Errno));
        Assert.False(ran);
    }

    [Fact]
    public void A_bound_namespace_outlives_its_object_and_is_found_again_by_its_path()
    {
        string path = Path.Combine(Path.GetTempPath(), $"netns-{Guid.NewGuid():N}");
        NetworkNamespaceId id;
        using (NetworkNamespace created = NetworkNamespace.Create())
        {
            created.BindTo(path);
            id = created.Id;
        }

        using (NetworkNamespace found = NetworkNamespace.Open(path))
        {
            Assert.Equal(id, found.Id);
            Assert.Equal(id, found.Run(CurrentId));
        }

        NetworkNamespace.Unbind(path);
        Assert.False(File.Exists(path));
        Assert.Throws<NetworkNamespaceException>(() => NetworkNamespace.Open(path));
    }

    [Fact]
    public void Binding_to_a_file_that_exists_is_refused()
    {
        using NetworkNamespace created = NetworkNamespace.Create();

        Assert.Throws<IOException>(() => created.BindTo("/etc/hostname"));
    }

    private static NetworkNamespaceId CurrentId()
    {
        using NetworkNamespace current = NetworkNamespace.OpenCurrent();
        return current.Id;
    }
}
