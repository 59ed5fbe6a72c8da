using Berth.Netlink;
using Berth.Netlink.Netfilter;

namespace Berth.NfTables.Tests.Wire;

/// <summary>Whatever the bytes, a reader gives something or throws its own error.</summary>
public sealed class HostileBytesTests
{
    private const int Rounds = 5_000;

    private static readonly Action<NetlinkMessage>[] Readers =
    [
        m => TableMessage.Read(m), m => ChainMessage.Read(m), m => RuleMessage.Read(m), m => SetMessage.Read(m),
        m => ElementMessage.Read(m), m => GenerationMessage.Read(m),
    ];

    [Fact]
    public void Random_bytes_never_make_a_reader_throw_another_error() => Try((random, _) =>
    {
        byte[] bytes = new byte[random.Next(0, 200)];
        random.NextBytes(bytes);
        return Message(bytes);
    });

    [Fact]
    public void Random_trees_of_attributes_never_make_a_reader_throw_another_error() =>
        Try((random, _) => Message([2, 0, 0, 0, .. Attributes(random, 4)]));

    [Fact]
    public void Mutated_messages_never_make_a_reader_throw_another_error()
    {
        byte[][] golden = [.. SampleMessages.All];
        Assert.NotEmpty(golden);
        Try((random, i) => Mutate(golden[i % golden.Length], random));
    }

    [Fact]
    public void A_connection_throws_only_its_own_errors_whatever_the_kernel_answers()
    {
        int seed = Environment.TickCount;
        Random random = new(seed);
        byte[][] golden = [.. SampleMessages.All];
        for (int i = 0; i < Rounds; i++)
        {
            using NfTablesConnection connection = new(new NetlinkConnection(new RecordingTransport(sent => Answers(random, golden, sent))));
            Set set = new(NfFamily.Ip, "t", "s", DataType.Mark);
            Transaction changes = new();
            changes.Add(new Table(NfFamily.Ip, "t"));
            Query query = new();
            query.Element(set, DataValue.FromHostUInt32(1));
            query.Generation();
            Action[] actions =
            [
                () => connection.Tables(), () => connection.Chains(), () => connection.Rules(NfFamily.Ip, "t"),
                () => connection.Sets(NfFamily.Ip, "t"), () => connection.Elements(set), () => connection.Generation(),
                () => connection.Ask(query), () => connection.Commit(changes), () => connection.Commit(changes, new(7, null, null)),
            ];
            Guard(actions[i % actions.Length], seed);
        }
    }

    [Fact]
    public void Any_userdata_has_a_comment_or_none()
    {
        int seed = Environment.TickCount;
        Random random = new(seed);
        for (int i = 0; i < Rounds; i++)
        {
            byte[] bytes = new byte[random.Next(0, 40)];
            random.NextBytes(bytes);
            if (bytes.Length > 2 && random.Next(2) == 0)
            {
                (bytes[0], bytes[1]) = ((byte)random.Next(3), (byte)random.Next(bytes.Length));
            }

            Guard(() => UserData.Comment(bytes), seed);
        }
    }

    [Theory]
    [InlineData("00020061ff", "")]
    [InlineData("0003616200", "ab")]
    [InlineData("00026162", "ab")]
    [InlineData("0104010000000003616200", "ab")]
    [InlineData("01040100000000", null)]
    [InlineData("0005616200", null)]
    [InlineData("", null)]
    [InlineData("00", null)]
    [InlineData("0000", "")]
    public void A_comment_is_found_among_other_userdata(string hexadecimal, string? comment) =>
        Assert.Equal(comment, UserData.Comment(Convert.FromHexString(hexadecimal)));

    [Fact]
    public void A_nat_of_a_family_that_no_byte_holds_is_kept_as_unknown()
    {
        UnknownExpression odd = new("nat", DataValue.FromBytes([8, 0, 1, 0, 0, 0, 0, 1, 8, 0, 2, 0, 0, 0, 1, 2]));
        Transaction changes = new();
        changes.Add(new Rule(NfFamily.Ip, "t", "c", [odd]));
        foreach (NetlinkMessage message in new MessageReader(SampleMessages.Bytes(changes.Changes[0])))
        {
            Assert.Equal([odd], RuleMessage.Read(message).Expressions);
        }
    }

    private static void Try(Func<Random, int, byte[]> message)
    {
        int seed = Environment.TickCount;
        Random random = new(seed);
        for (int i = 0; i < Rounds; i++)
        {
            byte[] bytes = message(random, i);
            foreach (Action<NetlinkMessage> read in Readers)
            {
                Guard(
                    () =>
                    {
                        foreach (NetlinkMessage found in new MessageReader(bytes))
                        {
                            read(found);
                        }
                    },
                    seed);
            }
        }
    }

    private static void Guard(Action action, int seed)
    {
        try
        {
            action();
        }
        catch (NetlinkException)
        {
            // The one kind that callers expect.
        }
        catch (Exception e)
        {
            Assert.Fail($"seed {seed}: {e}");
        }
    }

    private static IEnumerable<byte[]> Answers(Random random, byte[][] golden, byte[] sent)
    {
        uint sequence = BitConverter.ToUInt32(sent, 8);
        for (int i = random.Next(1, 4); i > 0; i--)
        {
            byte[] answer = random.Next(4) == 0 ? golden[random.Next(golden.Length)].ToArray() : Mutate(golden[random.Next(golden.Length)], random);
            if (answer.Length >= 16)
            {
                BitConverter.TryWriteBytes(answer.AsSpan(8), sequence + (uint)random.Next(2));
                if (random.Next(3) == 0)
                {
                    BitConverter.TryWriteBytes(answer.AsSpan(4), (ushort)random.Next(2, 4)); // NLMSG_ERROR, NLMSG_DONE
                    BitConverter.TryWriteBytes(answer.AsSpan(6), (ushort)(random.Next(2) * 0x200));
                }
            }

            yield return answer;
        }
    }

    private static byte[] Mutate(byte[] message, Random random)
    {
        byte[] copy = [.. message];
        for (int i = random.Next(1, 6); i > 0; i--)
        {
            int at = random.Next(16, copy.Length);
            copy[at] = random.Next(3) switch { 0 => (byte)random.Next(256), 1 => (byte)(copy[at] ^ (1 << random.Next(8))), _ => 0 };
        }

        if (random.Next(4) == 0)
        {
            copy = copy[..random.Next(16, copy.Length)];
        }

        BitConverter.TryWriteBytes(copy, (uint)copy.Length);
        return copy;
    }

    private static byte[] Message(ReadOnlySpan<byte> payload)
    {
        byte[] bytes = new byte[16 + payload.Length];
        BitConverter.TryWriteBytes(bytes, (uint)bytes.Length);
        bytes[4] = 9;
        bytes[5] = (byte)NetfilterSubsystem.NfTables;
        payload.CopyTo(bytes.AsSpan(16));
        return bytes;
    }

    private static byte[] Attributes(Random random, int depth)
    {
        List<byte> bytes = [];
        for (int i = random.Next(1, 5); i > 0; i--)
        {
            byte[] value = depth > 0 && random.Next(3) > 0 ? Attributes(random, depth - 1) : Value(random);
            int length = 4 + value.Length;
            bytes.AddRange([(byte)(length & 0xff), (byte)((length >> 8) & 0xff), (byte)random.Next(0, 21), (byte)(random.Next(2) * 0x80)]);
            bytes.AddRange(value);
            bytes.AddRange(new byte[(4 - (length % 4)) % 4]);
        }

        return [.. bytes];
    }

    private static byte[] Value(Random random)
    {
        string[] names = ["payload\0", "meta\0", "ct\0", "fib\0", "cmp\0", "range\0", "bitwise\0", "byteorder\0", "lookup\0", "immediate\0", "nat\0", "masq\0", "counter\0"];
        if (random.Next(2) == 0)
        {
            return System.Text.Encoding.ASCII.GetBytes(names[random.Next(names.Length)]);
        }

        byte[] value = new byte[random.Next(3) switch { 0 => 4, 1 => 8, _ => random.Next(0, 40) }];
        random.NextBytes(value);
        return value;
    }
}
