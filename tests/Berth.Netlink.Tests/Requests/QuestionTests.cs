namespace Berth.Netlink.Tests.Requests;

public class QuestionTests
{
    [Fact]
    public void An_answer_is_read()
    {
        using NetlinkConnection connection = Over(sent => [Answers.Data(Answers.SequenceOf(sent), [7, 0, 0, 0])]);
        Assert.Equal("7", connection.Get(Ask(), First));
    }

    [Theory]
    [InlineData(Errno.NoEntry)]
    [InlineData(Errno.NoProcess)]
    public void What_is_not_there_is_null(Errno errno)
    {
        using NetlinkConnection connection = Over(sent => [Answers.Error(Answers.SequenceOf(sent), errno)]);
        Assert.Null(connection.Get(Ask(), First));
    }

    [Fact]
    public void A_refusal_names_operation_number_text_and_attribute()
    {
        using NetlinkConnection connection = Over(sent => [Answers.Error(Answers.SequenceOf(sent), Errno.Invalid, "bad port", 28)]);
        NetlinkErrorException e = Assert.Throws<NetlinkErrorException>(() => connection.Get(Ask(), First));
        Assert.Equal("open the gate: EINVAL: invalid argument: bad port (at GATE/PORT)", e.Message);
        Assert.Equal(new KernelError("open the gate", Errno.Invalid, "bad port", "GATE/PORT"), Assert.Single(e.Errors));
    }

    [Fact]
    public void A_refusal_that_repeats_the_whole_request_is_read_as_well()
    {
        using NetlinkConnection connection = Over(
            sent => [Answers.Renumbered(Golden.RouteAddRefused, Answers.SequenceOf(sent))]);
        NetlinkErrorException e = Assert.Throws<NetlinkErrorException>(() => connection.Execute(Ask()));
        Assert.Equal("open the gate: ENETUNREACH: network is unreachable: Nexthop has invalid gateway", e.Message);
    }

    [Fact]
    public void A_request_with_acknowledgement_is_done_when_that_comes_not_when_data_comes()
    {
        using NetlinkConnection connection = Over(sent =>
        {
            uint sequence = Answers.SequenceOf(sent);
            return [Answers.Data(sequence, [1]), Answers.Error(sequence, Errno.Busy)];
        });
        Assert.Equal(Errno.Busy, Assert.Throws<NetlinkErrorException>(() => connection.Execute(Ask())).Errno);
    }

    [Fact]
    public void A_datagram_that_is_refused_as_a_whole_at_its_first_message_is_not_waited_for()
    {
        using NetlinkConnection connection = Over(sent => [Answers.Error(Answers.SequenceOf(sent), Errno.NotPermitted)]);

        KernelError?[] errors = connection.Exchange([Ask(), Ask(), Ask()], static (_, _) => { });

        Assert.All(errors, static error => Assert.Equal(Errno.NotPermitted, error?.Errno));
    }

    [Fact]
    public void A_first_message_without_privilege_leaves_the_others_their_answers()
    {
        using NetlinkConnection connection = Over(sent =>
        {
            List<uint> sequences = Answers.Sequences(sent);
            return [Answers.Error(sequences[0], Errno.NotPermitted), Answers.Data(sequences[1], [7, 0, 0, 0])];
        });
        List<int> answered = [];

        KernelError?[] errors = connection.Exchange([Ask(), Ask()], (request, _) => answered.Add(request));

        Assert.Equal(Errno.NotPermitted, errors[0]?.Errno);
        Assert.Null(errors[1]);
        Assert.Equal([1], answered);
    }

    [Fact]
    public void Answers_to_others_are_passed_over()
    {
        using NetlinkConnection connection = Over(sent =>
        {
            uint sequence = Answers.SequenceOf(sent);
            return
            [
                Answers.Error(sequence - 1, Errno.Busy),
                Answers.Join(Answers.Data(sequence + 1, [1, 0, 0, 0]), Answers.Data(0, [2, 0, 0, 0])),
                Answers.Data(sequence, [7, 0, 0, 0]),
            ];
        });
        Assert.Equal("7", connection.Get(Ask(), First));
    }

    [Fact]
    public void Sequence_numbers_are_not_used_twice()
    {
        RecordingTransport transport = new(sent => [Answers.Data(Answers.SequenceOf(sent), [7, 0, 0, 0])]);
        using NetlinkConnection connection = new(transport);
        connection.Get(Ask(), First);
        connection.Get(Ask(), First);
        Assert.NotEqual(Answers.SequenceOf(transport.Sent[0]), Answers.SequenceOf(transport.Sent[1]));
    }

    [Fact]
    public void Many_questions_go_in_chunks_of_at_most_128_and_each_gets_its_own_answer()
    {
        RecordingTransport transport = new(AnswerEach);
        using NetlinkConnection connection = new(transport);
        int[] answered = new int[300];
        KernelError?[] errors = connection.Exchange(
            [.. Enumerable.Range(0, 300).Select(_ => Ask())], (index, _) => answered[index]++);
        Assert.Equal([128, 128, 44], transport.Sent.Select(sent => Answers.Sequences(sent).Count));
        Assert.All(answered, count => Assert.Equal(1, count));
        Assert.All(errors, Assert.Null);
    }

    [Fact]
    public void Each_error_belongs_to_its_own_question()
    {
        using NetlinkConnection connection = Over(sent =>
        [
            .. Answers.Sequences(sent).Select((sequence, i) =>
                i % 2 == 0 ? Answers.Error(sequence, Errno.NoEntry) : Answers.Data(sequence, [1])),
        ]);
        NetlinkRequest[] requests = [.. Enumerable.Range(0, 4).Select(i => Ask() with { Operation = $"ask {i}" })];
        KernelError?[] errors = connection.Exchange(requests, (_, _) => { });
        Assert.Equal(["ask 0", null, "ask 2", null], errors.Select(error => error?.Operation));
    }

    [Fact]
    public void Lost_answers_are_asked_for_again_in_smaller_chunks()
    {
        int losses = 2;
        RecordingTransport? transport = null;
        transport = new RecordingTransport(sent =>
        {
            transport!.OverrunOnce = losses-- > 0;
            return AnswerEach(sent);
        });
        using NetlinkConnection connection = new(transport);
        int[] answered = new int[100];
        connection.Exchange([.. Enumerable.Range(0, 100).Select(_ => Ask())], (index, _) => answered[index]++);
        Assert.Equal([100, 64, 32, 32, 32, 4], transport.Sent.Select(sent => Answers.Sequences(sent).Count));
        Assert.All(answered, count => Assert.Equal(1, count));
    }

    [Fact]
    public void Losing_every_answer_ends_in_an_overrun()
    {
        RecordingTransport? transport = null;
        transport = new RecordingTransport(_ =>
        {
            transport!.OverrunOnce = true;
            return [];
        });
        using NetlinkConnection connection = new(transport);
        Assert.Throws<NetlinkOverrunException>(() => connection.Exchange([Ask()], (_, _) => { }));
        Assert.Equal(NetlinkConnection.MaxAttempts, transport.Sent.Count);
    }

    [Fact]
    public void An_attribute_too_long_is_an_error_of_its_operation_and_nothing_is_sent()
    {
        RecordingTransport transport = new(AnswerEach);
        using NetlinkConnection connection = new(transport);
        NetlinkRequest request = Ask() with { Write = (ref MessageWriter writer) => writer.PutBytes(1, new byte[70_000]) };
        NetlinkErrorException e = Assert.Throws<NetlinkErrorException>(() => connection.Execute(request));
        Assert.Equal("open the gate: EMSGSIZE: message too long: an attribute would exceed 65,535 bytes", e.Message);
        Assert.Empty(transport.Sent);
    }

    [Fact]
    public void A_request_larger_than_the_first_buffer_is_sent_whole()
    {
        RecordingTransport transport = new(AcknowledgeEach);
        using NetlinkConnection connection = new(transport);
        connection.Execute(Ask() with
        {
            Write = (ref MessageWriter writer) =>
            {
                for (int i = 0; i < 10; i++)
                {
                    writer.PutBytes(1, new byte[60_000]);
                }
            },
        });
        Assert.Equal(MessageHeader.Size + (10 * 60_004), transport.Sent[0].Length);
    }

    private static NetlinkConnection Over(Func<byte[], IEnumerable<byte[]>> kernel) => new(new RecordingTransport(kernel));

    private static IEnumerable<byte[]> AnswerEach(byte[] sent) =>
        Answers.Sequences(sent).Select(sequence => Answers.Data(sequence, [1]));

    private static IEnumerable<byte[]> AcknowledgeEach(byte[] sent) =>
        Answers.Sequences(sent).Select(Answers.Acknowledgement);

    private static string First(NetlinkMessage message) => message.Payload[0].ToString();

    private static NetlinkRequest Ask() => new(
        "open the gate",
        0x30,
        MessageFlags.None,
        (ref MessageWriter writer) =>
        {
            writer.PutStructure([1, 2, 3, 4]);
            int nest = writer.BeginNest(1);
            writer.PutFlag(2);
            writer.PutUInt32(3, 80);
            writer.EndNest(nest);
        },
        4,
        (_, path) => (path.Length, path[^1]) switch { (1, 1) => "GATE", (2, 3) => "PORT", _ => null });
}
