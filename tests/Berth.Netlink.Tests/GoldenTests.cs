using System.Net;
using System.Net.Sockets;
using Berth.Netlink.Conntrack;
using Berth.Netlink.Netfilter;
using Berth.Netlink.Route;

namespace Berth.Netlink.Tests;

/// <summary>What real tools say to the kernel, and what it answers. The commands stand in <see cref="Golden"/>.</summary>
public class GoldenTests
{
    [Fact]
    public void A_link_reads_as_ip_link_show_prints_it()
    {
        Link link = Assert.IsType<Link>(RouteOver(Golden.LinkAnswer).FindLink("v0"));
        Assert.Equal(("v0", 4, "veth", 1500, 2, 3), (link.Name, link.Index, link.Kind, link.Mtu, link.Controller, link.Peer));
        Assert.Null(link.PeerNamespace);
        Assert.True(link.IsUp);
        Assert.Equal(
            LinkFlags.Up | LinkFlags.Broadcast | LinkFlags.Running | LinkFlags.Multicast | LinkFlags.LowerUp, link.Flags);
        Assert.Equal(6, link.HardwareAddress.Length);
    }

    [Fact]
    public void A_link_that_is_not_there_is_null() => Assert.Null(RouteOver(Golden.LinkNotFound).FindLink("nosuch"));

    [Fact]
    public void Addresses_read_as_ip_addr_show_prints_them()
    {
        RouteConnection route = RouteOver(Golden.AddressAnswer, Golden.AddressDone);
        IReadOnlyList<LinkAddress> addresses = route.Addresses(AddressFamily.Unspecified, 3);
        Assert.Equal(2, addresses.Count);
        Assert.Equal(
            new LinkAddress(3, IPAddress.Parse("10.1.0.5"), 32, IPAddress.Parse("10.9.9.9"), 0, 0x80, "v1"), addresses[0]);
        Assert.True(addresses[1].Address.IsIPv6LinkLocal);
        Assert.Equal((64, 253, null), (addresses[1].PrefixLength, addresses[1].Scope, addresses[1].Label));
    }

    [Fact]
    public void The_question_for_addresses_is_that_of_ip() =>
        AssertAsks(Golden.AddressRequest, connection => new RouteConnection(connection).Addresses(AddressFamily.InterNetwork, 2));

    [Fact]
    public void The_question_for_a_route_is_that_of_ip() =>
        AssertAsks(Golden.RouteGetRequest, connection => new RouteConnection(connection).FindRoute(IPAddress.Parse("10.1.0.9")));

    [Fact]
    public void The_question_for_an_IPv6_route_is_that_of_ip() => AssertAsks(
        Golden.RouteGetIPv6Request, connection => new RouteConnection(connection).FindRoute(IPAddress.Parse("2001:db8::1")));

    [Fact]
    public void The_question_for_a_table_is_that_of_ip() =>
        AssertAsks(Golden.RouteTableRequest, connection => new RouteConnection(connection).Routes(AddressFamily.InterNetwork, 254));

    [Fact]
    public void A_route_reads_as_ip_route_get_prints_it()
    {
        RouteEntry route = Assert.IsType<RouteEntry>(RouteOver(Golden.RouteGetAnswer).FindRoute(IPAddress.Parse("10.1.0.9")));
        Assert.Equal((RouteType.Unicast, 254u, 2), (route.Type, route.Table, route.OutputInterface));
        Assert.Equal(IPAddress.Parse("10.1.0.1"), route.PreferredSource);
        Assert.Null(route.Gateway);
    }

    [Fact]
    public void An_address_of_this_host_is_local() =>
        Assert.True(RouteOver(Golden.RouteGetLocalAnswer).IsLocal(IPAddress.Parse("2001:db8::1")));

    [Fact]
    public void An_unreachable_address_has_no_route() =>
        Assert.Null(RouteOver(Golden.RouteGetUnreachable).FindRoute(IPAddress.Parse("8.8.8.8")));

    [Fact]
    public void A_table_that_does_not_exist_is_empty() =>
        Assert.Empty(RouteOver(Golden.RouteTableMissing).Routes(AddressFamily.InterNetwork, 999));

    [Fact]
    public void A_table_reads_as_ip_route_show_prints_it()
    {
        RouteConnection connection = RouteOver(Golden.RouteTableAnswer, Golden.AddressDone);
        IReadOnlyList<RouteEntry> routes = connection.Routes(AddressFamily.InterNetwork, 254);
        Assert.Equal(
            [
                "10.1.0.0/24 Unicast", "10.9.9.9/32 Unicast", "10.66.0.0/24 Unreachable", "10.67.0.0/24 Blackhole",
                "10.68.0.0/24 Prohibit", "10.69.0.0/24 Throw", "10.70.0.0/24 Unicast", "10.71.0.0/24 Unicast",
            ],
            routes.Select(route => $"{route.Destination}/{route.PrefixLength} {route.Type}"));
        Assert.Equal(
            [new NextHop(2, IPAddress.Parse("10.1.0.7")), new NextHop(2, IPAddress.Parse("10.1.0.8"))], routes[6].Multipath);
        Assert.Equal(IPAddress.Parse("2001:db8::7"), routes[7].Gateway);
    }

    [Fact]
    public void Elements_and_their_end_may_come_in_one_datagram()
    {
        using NetlinkConnection connection = new(new RecordingTransport(
            sent => [Answers.Renumbered(Golden.NftElementsDone, Answers.SequenceOf(sent))]));
        NetlinkRequest request = new("list", 0xa0d, MessageFlags.None, static (ref MessageWriter _) => { }, 0, null);
        Assert.Equal(["2572"], connection.Dump(request, static message => message.Header.Type.ToString()));
    }

    [Fact]
    public void The_question_for_a_table_of_rules_is_that_of_nft() => AssertAsks(
        Golden.NftTableRequest,
        connection => connection.Execute(new NetlinkRequest(
            "find the table",
            NetfilterHeader.MessageType(NetfilterSubsystem.NfTables, 1),
            MessageFlags.None,
            static (ref MessageWriter writer) =>
            {
                new NetfilterHeader(2, 0).Write(ref writer);
                writer.PutString(1, "berth");
            },
            NetfilterHeader.Size,
            null)));

    [Fact]
    public void A_batch_is_that_of_nft_but_for_sequence_numbers_and_the_acknowledgement()
    {
        RecordingTransport transport = new(sent => [Answers.Acknowledgement(Answers.Sequences(sent)[1])]);
        using NetlinkConnection connection = new(transport);
        NetfilterBatch.Commit(connection, NetfilterSubsystem.NfTables, [AddElement()], null);
        byte[] expected = [.. Golden.NftBatch];
        foreach ((int at, byte sequence) in new[] { (0, (byte)1), (20, (byte)2), (116, (byte)3) })
        {
            expected[at + 8] = sequence;
        }

        expected[20 + 6] |= (byte)MessageFlags.Ack;
        Assert.Equal(expected, transport.Sent[0]);
    }

    [Fact]
    public void A_refused_batch_names_the_element_at_fault()
    {
        using NetlinkConnection connection = new(new RecordingTransport(
            sent => [Answers.Renumbered(Golden.NftBatchRefused, Answers.Sequences(sent)[1])]));
        KernelError error = Assert.Single(
            NetfilterBatch.Commit(connection, NetfilterSubsystem.NfTables, [AddElement()], null));
        Assert.Equal("add the element: EEXIST: it exists already (at 3/1)", error.ToString());
    }

    [Fact]
    public void The_question_for_flows_is_that_of_conntrack() => AssertAsks(
        Golden.FlowsRequest,
        connection => new ConntrackConnection(connection).Flows(new FlowFilter(AddressFamily.InterNetworkV6)));

    [Fact]
    public void Flows_read_as_conntrack_prints_them()
    {
        using ConntrackConnection connection = FlowsOver();
        IReadOnlyList<Flow> flows = connection.Flows(new FlowFilter(AddressFamily.InterNetwork));
        Assert.Equal([1, 6, 17], flows.Select(flow => (int)flow.Original.Protocol).Order());
        Flow udp = flows.Single(flow => flow.Original.Protocol == 17);
        Assert.Equal(new FlowTuple(17, IPAddress.Parse("127.0.0.2"), IPAddress.Parse("10.1.0.1"), 4000, 53), udp.Original);
        Assert.Equal(new FlowTuple(17, IPAddress.Parse("10.1.0.10"), IPAddress.Parse("127.0.0.2"), 5353, 4000), udp.Reply);
        Assert.True(udp.Status.HasFlag(FlowStatus.DestinationNat | FlowStatus.DestinationNatDone | FlowStatus.Confirmed));
        Flow icmp = flows.Single(flow => flow.Original.Protocol == 1);
        Assert.Equal(new IcmpKey(77, 8, 0), icmp.Original.Icmp);
        Assert.Equal(0, icmp.Original.DestinationPort);
    }

    [Fact]
    public void Flows_of_the_other_family_are_left_out_whatever_the_kernel_sends()
    {
        using ConntrackConnection connection = FlowsOver();
        Flow flow = Assert.Single(connection.Flows(new FlowFilter(AddressFamily.InterNetworkV6)));
        Assert.Equal(
            new FlowTuple(17, IPAddress.Parse("2001:db8::2"), IPAddress.Parse("2001:db8::1"), 4000, 53), flow.Original);
    }

    [Fact]
    public void A_flow_to_delete_is_named_as_conntrack_names_it()
    {
        Flow icmp = FlowsOver().Flows(new FlowFilter(AddressFamily.InterNetwork) { Protocol = 1 })[0];
        RecordingTransport transport = new(sent => [Answers.Renumbered(Golden.FlowDeleteAnswer, Answers.SequenceOf(sent))]);
        using ConntrackConnection connection = new(new NetlinkConnection(transport));
        Assert.True(connection.Delete(icmp));

        // conntrack sends both tuples, of which the kernel looks at the first; Berth the reply tuple and the id.
        byte[] sent = transport.Sent[0];
        Assert.Equal(TupleOf(Golden.FlowDeleteRequest), TupleOf(sent));
        Assert.Equal(Golden.FlowDeleteRequest[4..8], sent[4..8]);
    }

    // The reply tuple's values, without regard to the order of the protocol's attributes.
    private static List<string> TupleOf(byte[] delete)
    {
        List<string> values = [];
        foreach (NetlinkMessage message in new MessageReader(delete))
        {
            foreach (NetlinkAttribute attribute in message.Attributes(NetfilterHeader.Size))
            {
                if (attribute.Type == 2)
                {
                    foreach (NetlinkAttribute part in attribute.Nested)
                    {
                        foreach (NetlinkAttribute value in part.Nested)
                        {
                            values.Add($"{part.Type}/{value.Type} {Convert.ToHexString(value.Value)}");
                        }
                    }
                }
            }
        }

        Assert.Equal(6, values.Count);
        values.Sort(StringComparer.Ordinal);
        return values;
    }

    private static NetlinkRequest AddElement() => new(
        "add the element",
        NetfilterHeader.MessageType(NetfilterSubsystem.NfTables, 12),
        MessageFlags.Create,
        static (ref MessageWriter writer) =>
        {
            new NetfilterHeader(2, 0).Write(ref writer);
            writer.PutString(1, "berth");
            writer.PutString(2, "hostports");
            writer.PutUInt32BigEndian(4, 1);
            int list = writer.BeginNest(3);
            int element = writer.BeginNest(1);
            int key = writer.BeginNest(1);
            writer.PutBytes(1, [6, 0, 0, 0, 0x1f, 0x90, 0, 0]);
            writer.EndNest(key);
            int data = writer.BeginNest(2);
            writer.PutBytes(1, [10, 1, 0, 11, 0, 81, 0, 0]);
            writer.EndNest(data);
            writer.EndNest(element);
            writer.EndNest(list);
        },
        NetfilterHeader.Size,
        null);

    private static void AssertAsks(byte[] golden, Action<NetlinkConnection> ask)
    {
        RecordingTransport transport = new(
            sent => [Answers.Join(Answers.Acknowledgement(Answers.SequenceOf(sent)), Answers.Done(Answers.SequenceOf(sent)))]);
        using NetlinkConnection connection = new(transport);
        ask(connection);
        byte[] expected = Answers.Renumbered(golden, Answers.SequenceOf(transport.Sent[0]));
        Assert.Equal(Convert.ToHexString(expected), Convert.ToHexString(transport.Sent[0]));
    }

    private static RouteConnection RouteOver(params byte[][] answers) => new(new NetlinkConnection(new RecordingTransport(
        sent => answers.Select(answer => Answers.Renumbered(answer, Answers.SequenceOf(sent))))));

    private static ConntrackConnection FlowsOver() => new(new NetlinkConnection(new RecordingTransport(sent =>
    [
        Answers.Renumbered(Golden.FlowsAnswer, Answers.SequenceOf(sent)),
        Answers.Renumbered(Golden.FlowsDone, Answers.SequenceOf(sent)),
    ])));
}
