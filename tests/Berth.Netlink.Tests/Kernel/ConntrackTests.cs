using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Berth.Netlink.Conntrack;

namespace Berth.Netlink.Tests.Kernel;

[Collection(IsolatedTests.Name)]
public sealed partial class ConntrackTests : IDisposable
{
    private readonly ConntrackConnection _conntrack;

    public ConntrackTests(Isolation isolation)
    {
        _ = isolation;
        Isolation.Require();
        Isolation.TryTool("conntrack", "-F");
        _conntrack = ConntrackConnection.Open();
    }

    public void Dispose() => _conntrack.Dispose();

    [Theory]
    [InlineData(AddressFamily.InterNetwork, "ipv4")]
    [InlineData(AddressFamily.InterNetworkV6, "ipv6")]
    public void Flows_are_those_that_conntrack_lists(AddressFamily family, string name)
    {
        Send("127.0.0.1", 6100);
        Send("127.0.0.2", 6100);
        Send("10.1.0.1", 6001);
        Send("10.1.0.1", 6000);
        Send("::1", 6100);
        Send("2001:db8::1", 6000);
        Isolation.Tool("conntrack", "-I -p icmp -s 127.0.0.2 -d 10.1.0.1 --icmp-type 8 --icmp-code 0 --icmp-id 77 -t 300");
        Isolation.Tool("conntrack", "-I -p tcp -s 127.0.0.2 -d 10.1.0.1 --sport 4001 --dport 80 -t 300 --state ESTABLISHED -w 5");
        List<string> expected = [];
        foreach (string line in Isolation.Tool("conntrack", $"-L -f {name} -o id").Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            expected.Add(string.Join(' ', Fields().Matches(line).Select(match => match.Value)));
        }

        Assert.InRange(expected.Count, 2, 100);
        Assert.Equal(expected.Order(), _conntrack.Flows(new FlowFilter(family)).Select(Line).Order());
    }

    [Fact]
    public void A_rewritten_flow_is_found_by_where_it_went_and_by_where_it_was_sent_to()
    {
        Send("10.1.0.1", 6001);
        Send("127.0.0.1", 6001);
        FlowFilter filter = new(AddressFamily.InterNetwork) { Protocol = 17, OriginalDestinationPort = 6001 };
        Assert.Equal(2, _conntrack.Flows(filter).Count);
        Flow flow = Assert.Single(_conntrack.Flows(
            filter with { ReplySource = IPAddress.Loopback, ReplySourcePort = 6002 }));
        Assert.Equal(flow.Id, Assert.Single(_conntrack.Flows(filter with { OriginalDestination = IPAddress.Parse("10.1.0.1") })).Id);
        Assert.True(flow.Status.HasFlag(FlowStatus.DestinationNat | FlowStatus.DestinationNatDone));
        Assert.False(flow.Status.HasFlag(FlowStatus.SourceNat));
    }

    [Fact]
    public void Marks_and_labels_are_read()
    {
        Send("127.0.0.1", 6000);
        Flow flow = Assert.Single(_conntrack.Flows(To(6000)));
        Assert.Equal(9u, flow.Mark);
        Assert.True(flow.HasLabel(127));
        Assert.False(flow.HasLabel(126));
        Send("127.0.0.1", 6100);
        Assert.False(Assert.Single(_conntrack.Flows(To(6100))).HasLabel(127));
    }

    [Fact]
    public void The_kernel_filters_so_that_other_flows_cost_nothing()
    {
        for (int port = 6100; port < 6150; port++)
        {
            Send("127.0.0.1", port);
        }

        using CountingTransport transport = new(NetlinkSocket.Open(NetlinkProtocol.Netfilter));
        using ConntrackConnection conntrack = new(new NetlinkConnection(transport));
        FlowFilter one = To(6107) with { OriginalDestination = IPAddress.Loopback, ReplySource = IPAddress.Loopback };
        Assert.Single(conntrack.Flows(one with { ReplySourcePort = 6107 }));
        Assert.Equal(1, transport.Flows);
        Assert.Empty(conntrack.Flows(To(6107) with { ReplySourcePort = 6108 }));
        Assert.Equal(1, transport.Flows);
    }

    [Theory]
    [InlineData("127.0.0.1", "127.0.0.2")]
    [InlineData("::1", "2001:db8::1")]
    public void Deleting_one_flow_leaves_those_of_the_same_port_alone(string one, string other)
    {
        Send(one, 6100);
        Send(one, 6100);
        Send(other, 6100);
        Send(one, 6101);
        IPAddress address = IPAddress.Parse(one);
        FlowFilter all = new(address.AddressFamily);
        IReadOnlyList<Flow> flows = _conntrack.Flows(To(6100, address.AddressFamily) with { OriginalDestination = address });
        Assert.Equal(2, flows.Count);
        List<uint> expected = [.. _conntrack.Flows(all).Select(flow => flow.Id).Where(id => id != flows[0].Id).Order()];
        Assert.Equal(3, expected.Count);
        Assert.True(_conntrack.Delete(flows[0]));
        Assert.Equal(expected, _conntrack.Flows(all).Select(flow => flow.Id).Order());
        Assert.False(_conntrack.Delete(flows[0]));
        Assert.Equal(expected, _conntrack.Flows(all).Select(flow => flow.Id).Order());
    }

    [Fact]
    public void A_new_flow_that_goes_elsewhere_stays_though_it_began_as_the_deleted_one()
    {
        const string Arguments = "-I -p udp -s 127.0.0.2 -d 10.1.0.1 --sport 4000 --dport 6100 -t 300";
        Isolation.Tool("conntrack", Arguments);
        Flow old = Assert.Single(_conntrack.Flows(To(6100)));
        Assert.True(_conntrack.Delete(old));
        Isolation.Tool("conntrack", $"{Arguments} -g 10.1.0.10:5353");
        Flow young = Assert.Single(_conntrack.Flows(To(6100)));
        Assert.Equal(old.Original, young.Original);
        Assert.False(_conntrack.Delete(old));
        Assert.Equal(young.Id, Assert.Single(_conntrack.Flows(To(6100))).Id);
    }

    [Fact]
    public void A_flow_with_another_id_is_not_deleted()
    {
        Send("127.0.0.1", 6100);
        Flow flow = Assert.Single(_conntrack.Flows(To(6100)));
        Assert.False(_conntrack.Delete(flow with { Id = flow.Id ^ 1 }));
        Assert.Single(_conntrack.Flows(To(6100)));
    }

    [Theory]
    [InlineData("--sport 4000 -w 5", 5, null, null)]
    [InlineData("--sport 4000 --orig-zone 6 -g 10.1.0.10:5353", 0, 6, null)]
    [InlineData("--sport 4002 --reply-zone 6 --reply-port-src 6100 --reply-port-dst 4000", 0, null, 6)]
    public void The_same_tuple_in_another_zone_stays(string option, int zone, int? originalZone, int? replyZone)
    {
        const string Arguments = "-I -p udp -s 127.0.0.2 -d 10.1.0.1 --dport 6100 -t 300";
        Isolation.Tool("conntrack", $"{Arguments} --sport 4000");
        Isolation.Tool("conntrack", $"{Arguments} {option}");
        Assert.Equal(2, _conntrack.Flows(To(6100)).Count);
        Flow zoned = _conntrack.Flows(To(6100)).Single(
            flow => (flow.Zone, flow.Original.Zone, flow.Reply.Zone) != (0, null, null));
        Assert.Equal((zone, originalZone, replyZone), (zoned.Zone, zoned.Original.Zone, zoned.Reply.Zone));
        Assert.True(_conntrack.Delete(zoned));
        Flow left = Assert.Single(_conntrack.Flows(To(6100)));
        Assert.NotEqual(zoned.Id, left.Id);
        Assert.True(_conntrack.Delete(left));
    }

    [Fact]
    public void A_flow_of_ICMP_is_deleted_alone()
    {
        foreach (int id in new[] { 77, 78 })
        {
            Isolation.Tool("conntrack", $"-I -p icmp -s 127.0.0.2 -d 10.1.0.1 --icmp-type 8 --icmp-code 0 --icmp-id {id} -t 300");
        }

        FlowFilter icmp = new(AddressFamily.InterNetwork) { Protocol = 1 };
        Flow flow = _conntrack.Flows(icmp).Single(found => found.Original.Icmp?.Id == 77);
        Assert.True(_conntrack.Delete(flow));
        Assert.Equal((ushort)78, Assert.Single(_conntrack.Flows(icmp)).Original.Icmp?.Id);
    }

    private static FlowFilter To(int port, AddressFamily family = AddressFamily.InterNetwork) =>
        new(family) { Protocol = 17, OriginalDestinationPort = (ushort)port };

    private static void Send(string address, int port)
    {
        IPEndPoint to = new(IPAddress.Parse(address), port);
        using Socket socket = new(to.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        socket.SendTo([1], to);
    }

    private static string Line(Flow flow) => string.Join(
        ' ',
        new[]
        {
            Line(flow.Original), Line(flow.Reply), $"mark={flow.Mark}", flow.Zone == 0 ? "" : $"zone={flow.Zone}",
            $"id={flow.Id}",
        }.Where(part => part.Length > 0));

    private static string Line(FlowTuple tuple) => $"src={tuple.Source} dst={tuple.Destination} " + (tuple.Icmp is IcmpKey icmp
        ? $"type={icmp.Type} code={icmp.Code} id={icmp.Id}"
        : $"sport={tuple.SourcePort} dport={tuple.DestinationPort}");

    [GeneratedRegex("(src|dst|sport|dport|type|code|id|mark|zone)=[0-9a-f.:]+")]
    private static partial Regex Fields();

    private sealed class CountingTransport(NetlinkSocket socket) : INetlinkTransport
    {
        internal int Flows { get; private set; }

        public void Send(ReadOnlySpan<byte> datagram) => socket.Send(datagram);

        public int Receive(Span<byte> buffer, bool wait)
        {
            int length = socket.Receive(buffer, wait);
            foreach (NetlinkMessage message in new MessageReader(buffer[..length]))
            {
                Flows += message.Header.Type >= MessageHeader.FirstProtocolType ? 1 : 0;
            }

            return length;
        }

        public void Reserve(int send, int receive) => socket.Reserve(send, receive);

        public void Dispose() => socket.Dispose();
    }
}
