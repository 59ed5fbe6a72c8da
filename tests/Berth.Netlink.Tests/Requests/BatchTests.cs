using Berth.Netlink.Netfilter;

namespace Berth.Netlink.Tests.Requests;

public class BatchTests
{
    [Fact]
    public void A_batch_is_one_datagram_framed_by_begin_and_end_and_acknowledged_at_its_last_change()
    {
        RecordingTransport transport = new(sent => [Answers.Acknowledgement(Answers.Sequences(sent)[^2])]);
        using NetlinkConnection connection = new(transport);
        Assert.Empty(Commit(connection, 3, generation: null));
        List<(ushort Type, MessageFlags Flags)> messages = [];
        foreach (NetlinkMessage message in new MessageReader(Assert.Single(transport.Sent)))
        {
            messages.Add((message.Header.Type, message.Header.Flags));
        }

        Assert.Equal(
            [
                (0x10, MessageFlags.Request),
                (0xa00, MessageFlags.Request),
                (0xa01, MessageFlags.Request),
                (0xa02, MessageFlags.Request | MessageFlags.Ack),
                (0x11, MessageFlags.Request),
            ],
            messages);
    }

    [Theory]
    [InlineData(null, "14000000100001000100000000000000" + "0000000a")]
    [InlineData(0u, "14000000100001000100000000000000" + "0000000a")]
    [InlineData(0x01020304u, "1c000000100001000100000000000000" + "0000000a" + "0800010001020304")]
    public void The_generation_stands_in_the_first_message(uint? generation, string expected)
    {
        RecordingTransport transport = new(sent => [Answers.Acknowledgement(2)]);
        using NetlinkConnection connection = new(transport);
        Commit(connection, 1, generation);
        byte[] begin = Convert.FromHexString(expected);
        Assert.Equal(begin, transport.Sent[0][..begin.Length]);
    }

    [Fact]
    public void Every_error_names_its_own_change()
    {
        using NetlinkConnection connection = Over(sent =>
        {
            List<uint> sequences = Answers.Sequences(sent);
            return
            [
                Answers.Error(sequences[1], Errno.Exists, null, 20),
                Answers.Join(Answers.Error(sequences[3], Errno.NoEntry), Answers.Acknowledgement(sequences[3])),
            ];
        });
        IReadOnlyList<KernelError> errors = Commit(connection, 3, null);
        Assert.Equal(
            ["make change 0: EEXIST: it exists already (at 1)", "make change 2: ENOENT: no such entry"],
            errors.Select(error => error.ToString()));
        Assert.Equal(
            "make change 0: EEXIST: it exists already (at 1) (and 1 more)", new NetlinkErrorException(errors).Message);
    }

    [Fact]
    public void An_acknowledgement_after_an_error_is_no_success()
    {
        using NetlinkConnection connection = Over(sent =>
        {
            List<uint> sequences = Answers.Sequences(sent);
            return [Answers.Error(sequences[1], Errno.Invalid), Answers.Acknowledgement(sequences[^2])];
        });
        Assert.Equal(Errno.Invalid, Assert.Single(Commit(connection, 2, null)).Errno);
    }

    [Fact]
    public void Another_generation_is_one_ERESTART_of_the_first_message()
    {
        using NetlinkConnection connection = Over(sent => [Answers.Error(Answers.SequenceOf(sent), Errno.Restart)]);
        KernelError error = Assert.Single(Commit(connection, 2, 7));
        Assert.Equal("commit the batch: ERESTART: the ruleset changed meanwhile", error.ToString());
    }

    [Fact]
    public void A_lost_answer_surfaces_and_the_change_is_not_repeated()
    {
        RecordingTransport transport = new(_ => []) { OverrunOnce = true };
        using NetlinkConnection connection = new(transport);
        Assert.Throws<NetlinkOverrunException>(() => Commit(connection, 1, null));
        Assert.Single(transport.Sent);
    }

    [Fact]
    public void Errors_of_an_earlier_batch_do_not_count()
    {
        using NetlinkConnection connection = Over(sent =>
        [
            Answers.Error(Answers.SequenceOf(sent) - 1, Errno.Invalid),
            Answers.Acknowledgement(Answers.Sequences(sent)[^2]),
        ]);
        Assert.Empty(Commit(connection, 2, null));
    }

    [Fact]
    public void Without_any_answer_it_is_not_done()
    {
        using NetlinkConnection connection = Over(_ => []);
        Assert.Throws<NetlinkErrorException>(() => Commit(connection, 1, null));
    }

    [Fact]
    public void A_batch_of_nothing_is_a_mistake_of_the_caller()
    {
        using NetlinkConnection connection = Over(_ => []);
        Assert.ThrowsAny<ArgumentException>(() => Commit(connection, 0, null));
    }

    private static IReadOnlyList<KernelError> Commit(NetlinkConnection connection, int changes, uint? generation) =>
        NetfilterBatch.Commit(
            connection, NetfilterSubsystem.NfTables, [.. Enumerable.Range(0, changes).Select(Change)], generation);

    private static NetlinkRequest Change(int number) => new(
        $"make change {number}",
        NetfilterHeader.MessageType(NetfilterSubsystem.NfTables, number),
        MessageFlags.None,
        static (ref MessageWriter writer) =>
        {
            new NetfilterHeader(2, 0).Write(ref writer);
            writer.PutUInt32BigEndian(1, 1);
        },
        NetfilterHeader.Size,
        null);

    private static NetlinkConnection Over(Func<byte[], IEnumerable<byte[]>> kernel) => new(new RecordingTransport(kernel));
}
