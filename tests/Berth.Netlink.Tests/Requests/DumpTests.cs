namespace Berth.Netlink.Tests.Requests;

public class DumpTests
{
    private static readonly NetlinkRequest All =
        new("list all", 0x30, MessageFlags.None, static (ref MessageWriter writer) => writer.PutStructure([0, 0, 0, 0]), 4, null);

    [Fact]
    public void Parts_are_put_together_until_done()
    {
        RecordingTransport transport = new(sent =>
        {
            uint sequence = Answers.SequenceOf(sent);
            return [Answers.Join(Part(sequence, 1), Part(sequence, 2)), Answers.Join(Part(sequence, 3), Answers.Done(sequence))];
        });
        using NetlinkConnection connection = new(transport);
        Assert.Equal(["1", "2", "3"], connection.Dump(All, Text));
        Assert.Equal(
            MessageFlags.Request | MessageFlags.Dump, (MessageFlags)BitConverter.ToUInt16(transport.Sent[0].AsSpan(6)));
    }

    [Fact]
    public void What_the_reader_leaves_out_is_not_there()
    {
        using NetlinkConnection connection = Over(sequence =>
            [Part(sequence, 1), Part(sequence, 2), Answers.Done(sequence)]);
        Assert.Equal(["2"], connection.Dump(All, static message => message.Payload[0] == 1 ? null : Text(message)));
    }

    [Fact]
    public void Messages_of_netlink_itself_and_of_others_are_passed_over()
    {
        using NetlinkConnection connection = Over(sequence =>
        [
            Answers.Data(sequence, [9, 0, 0, 0], type: MessageHeader.TypeNoop),
            Answers.Done(sequence - 1),
            Part(sequence + 1, 8),
            Answers.Join(Part(sequence, 1), Answers.Done(sequence)),
        ]);
        Assert.Equal(["1"], connection.Dump(All, Text));
    }

    [Fact]
    public void An_error_inside_done_is_an_error()
    {
        using NetlinkConnection connection = Over(sequence => [Answers.Renumbered(Golden.RouteTableMissing, sequence)]);
        NetlinkErrorException e = Assert.Throws<NetlinkErrorException>(() => connection.Dump(All, Text));
        Assert.Equal("list all: ENOENT: no such entry: ipv4: FIB table does not exist", e.Message);
    }

    [Fact]
    public void An_error_in_place_of_an_answer_is_an_error()
    {
        using NetlinkConnection connection = Over(sequence => [Answers.Error(sequence, Errno.NotPermitted)]);
        NetlinkErrorException e = Assert.Throws<NetlinkErrorException>(() => connection.Dump(All, Text));
        Assert.Equal("list all: EPERM: operation not permitted (CAP_NET_ADMIN is needed)", e.Message);
    }

    [Fact]
    public void An_interrupted_dump_is_made_again_and_its_first_part_forgotten()
    {
        int dumps = 0;
        using NetlinkConnection connection = Over(sequence => ++dumps < 3
            ? [Part(sequence, 1, MessageFlags.DumpInterrupted), Answers.Done(sequence)]
            : [Part(sequence, 2), Answers.Done(sequence)]);
        Assert.Equal(["2"], connection.Dump(All, Text));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Interruptions_are_noticed_at_the_end_too(bool inFlags)
    {
        int dumps = 0;
        using NetlinkConnection connection = Over(sequence => (++dumps, inFlags) switch
        {
            (1, true) => [Answers.Done(sequence, 0, MessageFlags.Multi | MessageFlags.DumpInterrupted)],
            (1, false) => [Answers.Done(sequence, (int)Errno.Interrupted)],
            _ => [Part(sequence, 2), Answers.Done(sequence)],
        });
        Assert.Equal(["2"], connection.Dump(All, Text));
    }

    [Fact]
    public void Interrupted_each_time_it_gives_up()
    {
        int dumps = 0;
        using NetlinkConnection connection = Over(sequence =>
        {
            dumps++;
            return [Part(sequence, 1, MessageFlags.DumpInterrupted), Answers.Done(sequence)];
        });
        NetlinkDumpInterruptedException e =
            Assert.Throws<NetlinkDumpInterruptedException>(() => connection.Dump(All, Text));
        Assert.Equal(NetlinkConnection.MaxAttempts, dumps);
        Assert.StartsWith("list all: ", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_lost_part_means_that_it_is_made_again()
    {
        RecordingTransport? transport = null;
        int dumps = 0;
        transport = new RecordingTransport(sent =>
        {
            transport!.OverrunOnce = ++dumps == 1;
            uint sequence = Answers.SequenceOf(sent);
            return [Part(sequence, (byte)dumps), Answers.Done(sequence)];
        });
        using NetlinkConnection connection = new(transport);
        Assert.Equal(["2"], connection.Dump(All, Text));
    }

    [Fact]
    public void After_a_dump_that_could_not_be_read_the_rest_of_it_is_not_in_the_way()
    {
        int dumps = 0;
        RecordingTransport transport = new(sent =>
        {
            uint sequence = Answers.SequenceOf(sent);
            return ++dumps == 1 ? [[1, 2, 3], new byte[1 << 20], Part(sequence, 1), Answers.Done(sequence)] : [];
        });
        using NetlinkConnection connection = new(transport);
        Assert.Throws<NetlinkFormatException>(() => connection.Dump(All, Text));
        Assert.Equal(0, transport.Receive(new byte[16], wait: false));
    }

    private static byte[] Part(uint sequence, byte value, MessageFlags more = MessageFlags.None) =>
        Answers.Data(sequence, [value, 0, 0, 0], MessageFlags.Multi | more);

    private static string Text(NetlinkMessage message) => message.Payload[0].ToString();

    private static NetlinkConnection Over(Func<uint, IEnumerable<byte[]>> kernel) =>
        new(new RecordingTransport(sent => kernel(Answers.SequenceOf(sent))));
}
