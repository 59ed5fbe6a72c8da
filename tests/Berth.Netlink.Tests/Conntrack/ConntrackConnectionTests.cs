using System.Net;
using System.Net.Sockets;
using Berth.Netlink.Conntrack;

namespace Berth.Netlink.Tests.Conntrack;

public class ConntrackConnectionTests
{
    private static readonly FlowFilter Dns = new(AddressFamily.InterNetwork) { Protocol = 17, OriginalDestinationPort = 53 };

    [Fact]
    public void A_kernel_that_refuses_the_filter_is_asked_without()
    {
        using ConntrackConnection connection = Over(sent => sent.Length > 20
            ? [Answers.Error(Answers.SequenceOf(sent), Errno.Invalid)]
            : Flows(sent));
        Assert.Equal(17, Assert.Single(connection.Flows(Dns)).Original.Protocol);
    }

    [Theory]
    [InlineData(17, 53, "10.1.0.1", "10.1.0.10", 5353, true)]
    [InlineData(17, 54, null, null, null, false)]
    [InlineData(17, 53, "10.1.0.2", null, null, false)]
    [InlineData(17, 53, null, "10.1.0.11", null, false)]
    [InlineData(17, 53, null, "10.1.0.10", 5354, false)]
    [InlineData(17, null, null, null, null, true)]
    [InlineData(null, 53, null, null, null, true)]
    [InlineData(6, 53, null, null, null, false)]
    public void Every_condition_is_checked_here_even_if_the_kernel_did_not(
        int? protocol, int? port, string? destination, string? replySource, int? replyPort, bool expected)
    {
        using ConntrackConnection connection = Over(Flows);
        IReadOnlyList<Flow> flows = connection.Flows(new FlowFilter(AddressFamily.InterNetwork)
        {
            Protocol = (byte?)protocol,
            OriginalDestinationPort = (ushort?)port,
            OriginalDestination = destination is null ? null : IPAddress.Parse(destination),
            ReplySource = replySource is null ? null : IPAddress.Parse(replySource),
            ReplySourcePort = (ushort?)replyPort,
        });
        Assert.Equal(expected ? 1 : 0, flows.Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_kernel_without_conntrack_is_recognised(bool filtered)
    {
        // nfnetlink answers EINVAL for a subsystem that is not there.
        using ConntrackConnection connection = Over(sent => [Answers.Error(Answers.SequenceOf(sent), Errno.Invalid)]);
        FlowFilter filter = filtered ? Dns : new FlowFilter(AddressFamily.InterNetwork);
        NetlinkErrorException e = Assert.Throws<NetlinkErrorException>(() => connection.Flows(filter));
        Assert.True(ConntrackConnection.IsMissing(e));
        Assert.Contains("CONFIG_NF_CT_NETLINK", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Lacking_rights_is_not_lacking_conntrack()
    {
        using ConntrackConnection connection = Over(sent => [Answers.Error(Answers.SequenceOf(sent), Errno.NotPermitted)]);
        NetlinkErrorException e = Assert.Throws<NetlinkErrorException>(() => connection.Flows(Dns));
        Assert.False(ConntrackConnection.IsMissing(e));
        Assert.StartsWith("list the tracked connections: EPERM", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Deleting_what_is_gone_is_false()
    {
        Flow flow = Over(Flows).Flows(Dns)[0];
        using ConntrackConnection connection = Over(sent => [Answers.Error(Answers.SequenceOf(sent), Errno.NoEntry)]);
        Assert.False(connection.Delete(flow));
    }

    [Fact]
    public void A_refused_deletion_names_the_flow()
    {
        Flow flow = Over(Flows).Flows(Dns)[0];
        using ConntrackConnection connection = Over(sent => [Answers.Error(Answers.SequenceOf(sent), Errno.NotPermitted)]);
        NetlinkErrorException e = Assert.Throws<NetlinkErrorException>(() => connection.Delete(flow));
        Assert.StartsWith(
            "delete the tracked connection from 127.0.0.2:4000 to 10.1.0.1:53 (protocol 17): EPERM",
            e.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Addresses_of_two_families_are_a_mistake_of_the_caller()
    {
        using ConntrackConnection connection = Over(Flows);
        Assert.Throws<ArgumentException>(() => connection.Flows(Dns with { OriginalDestination = IPAddress.IPv6Loopback }));
        Assert.Throws<ArgumentException>(() => connection.Flows(new FlowFilter(AddressFamily.Unspecified)));
    }

    [Fact]
    public void Labels_are_counted_as_the_kernel_counts_them()
    {
        FlowTuple tuple = new(17, IPAddress.Any, IPAddress.Any, 0, 0);
        byte[] labels = new byte[16];
        labels[BitConverter.IsLittleEndian ? 15 : 8] = 0x80;
        Flow flow = new(tuple, tuple, FlowStatus.None, 1, 0, 0, labels);
        Assert.True(flow.HasLabel(127));
        Assert.False(flow.HasLabel(126));
        Assert.False(flow.HasLabel(128));
        Assert.False((flow with { Labels = default }).HasLabel(127));
    }

    private static IEnumerable<byte[]> Flows(byte[] sent) =>
    [
        Answers.Renumbered(Golden.FlowsAnswer, Answers.SequenceOf(sent)),
        Answers.Renumbered(Golden.FlowsDone, Answers.SequenceOf(sent)),
    ];

    private static ConntrackConnection Over(Func<byte[], IEnumerable<byte[]>> kernel) =>
        new(new NetlinkConnection(new RecordingTransport(kernel)));
}
