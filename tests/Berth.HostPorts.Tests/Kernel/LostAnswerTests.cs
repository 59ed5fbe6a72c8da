using Berth.HostPorts.Nftables;
using Berth.Netlink;
using Berth.NfTables;

namespace Berth.HostPorts.Tests.Kernel;

/// <summary>The kernel made the change, and its answer was lost (ENOBUFS).</summary>
public class LostAnswerTests : KernelTests
{
    [Fact]
    public void ADD_looks_again_and_does_not_do_it_twice()
    {
        LosingTransport transport = new();
        using NfTablesConnection connection = new(new NetlinkConnection(transport));
        using PodLinks node = new();

        new AddOperation(connection, node, Pod(1), Ports(8080)).Run();

        Assert.Equal(1, transport.Lost);
        Assert.Equal(1, transport.Batches);
        Backend.Check(Pod(1), Ports(8080));
        Assert.Equal(1, RouteLocalnetOf(Link));
        Backend.Delete(Pod(1), Ports(8080));
        Assert.Equal(0, RouteLocalnetOf(Link));
    }

    [Fact]
    public void DEL_looks_again_does_not_do_it_twice_and_puts_route_localnet_back()
    {
        Backend.Add(Pod(1), Ports(8080));
        LosingTransport transport = new();
        using NfTablesConnection connection = new(new NetlinkConnection(transport));
        using PodLinks node = new();

        IReadOnlyList<MappingElement> removed = new DeleteOperation(connection, node, Pod(1), Ports(8080)).Run();

        Assert.Equal(1, transport.Lost);
        Assert.Equal(1, transport.Batches);
        Assert.Equal(2, removed.Count);
        LinkSettlement.Run(connection, null, reason => Assert.Fail(reason));
        Assert.Equal(0, Elements());
        Assert.Equal(0, RouteLocalnetOf(Link));
    }

    [Fact]
    public void GC_looks_again_does_not_do_it_twice_and_puts_route_localnet_back()
    {
        Backend.Add(Pod(1), Ports(8080));
        LosingTransport transport = new();
        using NfTablesConnection connection = new(new NetlinkConnection(transport));
        using PodLinks node = new();

        IReadOnlyList<MappingElement> removed = new CollectOperation(
            connection, node, "podnet", [], [], new ReferenceContainers([], "/nowhere", static _ => { })).Run();

        Assert.Equal(1, transport.Lost);
        Assert.Equal(1, transport.Batches);
        Assert.Equal(2, removed.Count);
        LinkSettlement.Run(connection, null, reason => Assert.Fail(reason));
        Assert.Equal(0, Elements());
        Assert.Equal(0, RouteLocalnetOf(Link));
    }

    /// <summary>A socket whose first answer to a batch does not arrive.</summary>
    private sealed class LosingTransport : INetlinkTransport
    {
        private const ushort BatchBegin = 0x10;

        private readonly NetlinkSocket _socket = NetlinkSocket.Open(NetlinkProtocol.Netfilter);
        private bool _loses;

        internal int Batches { get; private set; }

        internal int Lost { get; private set; }

        public void Send(ReadOnlySpan<byte> datagram)
        {
            if (MessageHeader.Read(datagram).Type == BatchBegin)
            {
                Batches++;
                _loses = Lost == 0;
            }

            _socket.Send(datagram);
        }

        public int Receive(Span<byte> buffer, bool wait)
        {
            if (!_loses)
            {
                return _socket.Receive(buffer, wait);
            }

            while (_socket.Receive(buffer, wait: false) > 0)
            {
                // Lost.
            }

            _loses = false;
            Lost++;
            throw new NetlinkOverrunException("receive");
        }

        public void Reserve(int send, int receive) => _socket.Reserve(send, receive);

        public void Dispose() => _socket.Dispose();
    }
}
