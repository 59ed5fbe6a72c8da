using System.Buffers.Binary;
using Berth.HostPorts.Nftables;
using Berth.Netlink;
using Berth.NfTables;

namespace Berth.HostPorts.Tests.Kernel;

/// <summary>
/// Between an ADD's questions and its batch, another ADD takes the same port. The new pod has the address that the old one
/// had, so that both want the very same element but for its owner: what the kernel takes for the same unless it is told
/// otherwise.
/// </summary>
public class OvertakenAddTests : KernelTests
{
    private static readonly Attachment First = Pod(1);
    private static readonly Attachment Second = First with { Id = new AttachmentId("podnet", "second", "eth0"), Label = "second@podnet" };

    [Fact]
    public void It_looks_again_and_being_the_newest_has_the_port()
    {
        Prepare();
        OvertakenTransport transport = new(() => Backend.Add(First, Ports(8080)), hasGeneration: true);

        Add(transport);

        Assert.Equal(2, transport.Batches);
        Backend.Check(Second, Ports(8080));
        Backend.Delete(First, Ports(8080));
        Backend.Check(Second, Ports(8080));
        Assert.Equal(["second@podnet"], Owners(8080));
    }

    [Fact]
    public void Where_no_generation_protects_it_either_it_is_refused_and_the_port_is_still_the_other_s()
    {
        Prepare();
        string[] before = [];
        OvertakenTransport transport = new(
            () =>
            {
                Backend.Add(First, Ports(8080));
                before = Listing();
            },
            hasGeneration: false);

        NetlinkErrorException refused = Assert.Throws<NetlinkErrorException>(() => Add(transport));

        Assert.Contains(refused.Errors, static error =>
            error.Errno == Errno.Exists && error.Operation == "create elements of ip berth hostports");
        Assert.Equal(before, Listing());
        Assert.Equal([First.Label], Owners(8080));

        // The runtime deletes what it could not add; that is no business of the port's owner.
        Backend.Delete(Second, Ports(8080));
        Backend.Check(First, Ports(8080));
    }

    // The tables are there already, so that nothing but the elements can be in anybody's way.
    private void Prepare() => Backend.Add(Pod(9), Ports(9999));

    private static void Add(OvertakenTransport transport)
    {
        using NfTablesConnection connection = new(new NetlinkConnection(transport));
        using PodLinks node = new();
        new AddOperation(connection, node, Second, Ports(8080)).Run();
    }

    private static string[] Listing() => [Tool.Nft("list table ip berth"), Tool.Nft("list table ip6 berth")];

    private IEnumerable<string> Owners(ushort port) =>
        from element in Connection.Elements(new TableSets(NfFamily.Ip).Anywhere.Single)
        where MappingElement.From(NfFamily.Ip, element)!.HostPort == port
        select OwnerComment.Parse(element.Comment)!.Label;

    /// <summary>A socket before whose first batch somebody does something.</summary>
    private sealed class OvertakenTransport(Action overtake, bool hasGeneration) : INetlinkTransport
    {
        private const ushort BatchBegin = 0x10;
        private const int BareBegin = 20; // struct nlmsghdr, struct nfgenmsg

        private readonly NetlinkSocket _socket = NetlinkSocket.Open(NetlinkProtocol.Netfilter);

        internal int Batches { get; private set; }

        public void Send(ReadOnlySpan<byte> datagram)
        {
            MessageHeader first = MessageHeader.Read(datagram);
            if (first.Type != BatchBegin)
            {
                _socket.Send(datagram);
                return;
            }

            if (Batches++ == 0)
            {
                overtake();
            }

            _socket.Send(hasGeneration ? datagram : WithoutGeneration(datagram, first.Length));
        }

        public int Receive(Span<byte> buffer, bool wait) => _socket.Receive(buffer, wait);

        public void Reserve(int send, int receive) => _socket.Reserve(send, receive);

        public void Dispose() => _socket.Dispose();

        private static byte[] WithoutGeneration(ReadOnlySpan<byte> batch, int beginLength)
        {
            Assert.True(beginLength > BareBegin, "the batch has no generation to begin with");
            byte[] bare = [.. batch[..BareBegin], .. batch[beginLength..]];
            BinaryPrimitives.WriteUInt32LittleEndian(bare, BareBegin);
            return bare;
        }
    }
}
