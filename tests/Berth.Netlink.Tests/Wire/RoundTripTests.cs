using FsCheck;
using FsCheck.Fluent;

namespace Berth.Netlink.Tests.Wire;

public class RoundTripTests
{
    private static readonly Config Runs = Config.QuickThrowOnFailure.WithMaxTest(2000);

    [Fact]
    public void What_was_written_is_read_and_written_again_as_the_same_bytes() =>
        Prop.ForAll(Node.Trees, nodes =>
        {
            byte[] first = Write(nodes, 0xaa);
            List<Node> read = Node.Read(new AttributeReader(first));
            return Node.Same(nodes, read) && first.AsSpan().SequenceEqual(Write([.. read], 0x55));
        }).Check(Runs);

    [Fact]
    public void Padding_is_zero_whatever_was_in_the_buffer() =>
        Prop.ForAll(Node.Trees, nodes => Write(nodes, 0x00).AsSpan().SequenceEqual(Write(nodes, 0xff))).Check(Runs);

    [Fact]
    public void Lengths_are_the_sum_of_aligned_parts() =>
        Prop.ForAll(Node.Trees, nodes => Write(nodes, 0xaa).Length == nodes.Sum(node => node.Size)).Check(Runs);

    [Fact]
    public void A_buffer_too_small_is_reported_and_never_overwritten_or_thrown_about() =>
        Prop.ForAll(Node.Trees, Arb.From(Gen.Choose(0, 400)), (nodes, room) =>
        {
            byte[] buffer = new byte[1 << 16];
            buffer.AsSpan().Fill(0xaa);
            MessageWriter writer = new(buffer.AsSpan(0, room));
            foreach (Node node in nodes)
            {
                node.Write(ref writer);
            }

            WriteFailure expected = nodes.Sum(node => node.Size) > room ? WriteFailure.BufferTooSmall : WriteFailure.None;
            return writer.Failure == expected
                && writer.Length <= room
                && !buffer.AsSpan(room).ContainsAnyExcept((byte)0xaa);
        }).Check(Runs);

    [Fact]
    public void A_header_is_read_as_it_was_written()
    {
        Gen<MessageHeader> headers =
            from length in Gen.Choose(MessageHeader.Size, int.MaxValue)
            from type in Gen.Choose(0, ushort.MaxValue)
            from flags in Gen.Choose(0, ushort.MaxValue)
            from sequence in ArbMap.Default.GeneratorFor<uint>()
            from port in ArbMap.Default.GeneratorFor<uint>()
            select new MessageHeader(length, (ushort)type, (MessageFlags)flags, sequence, port);
        Prop.ForAll(Arb.From(headers), header =>
        {
            byte[] bytes = new byte[MessageHeader.Size];
            header.Write(bytes);
            return MessageHeader.Read(bytes) == header;
        }).Check(Runs);
    }

    [Fact]
    public void Messages_follow_each_other_in_a_datagram() =>
        Prop.ForAll(Node.Trees, Arb.From(Gen.Choose(1, 5)), (nodes, count) =>
        {
            byte[] buffer = new byte[1 << 17];
            MessageWriter writer = new(buffer);
            for (int i = 0; i < count; i++)
            {
                int start = writer.BeginMessage((ushort)(0x10 + i), MessageFlags.Request, (uint)i);
                writer.PutStructure([1, 2, 3]);
                foreach (Node node in nodes)
                {
                    node.Write(ref writer);
                }

                writer.EndMessage(start);
            }

            int found = 0;
            bool same = true;
            foreach (NetlinkMessage message in new MessageReader(writer.Written))
            {
                same &= message.Header.Type == 0x10 + found && message.Header.Sequence == found;
                same &= Node.Same(nodes, Node.Read(message.Attributes(3)));
                found++;
            }

            return same && found == count;
        }).Check(Runs);

    [Fact]
    public void Numbers_keep_their_value_and_their_byte_order()
    {
        byte[] buffer = new byte[128];
        MessageWriter writer = new(buffer);
        writer.PutByte(1, 0x12);
        writer.PutUInt16(2, 0x1234);
        writer.PutUInt16BigEndian(3, 0x1234);
        writer.PutUInt32(4, 0x12345678);
        writer.PutUInt32BigEndian(5, 0x12345678);
        writer.PutUInt64BigEndian(6, 0x123456789abcdef0);
        AttributeReader reader = new(writer.Written);
        Assert.Equal(0x12, Next(ref reader).ReadByte());
        Assert.Equal(0x1234, Next(ref reader).ReadUInt16());
        NetlinkAttribute big = Next(ref reader);
        Assert.Equal([0x12, 0x34], big.Value.ToArray());
        Assert.Equal(0x1234, big.ReadUInt16BigEndian());
        Assert.Equal(0x12345678u, Next(ref reader).ReadUInt32());
        big = Next(ref reader);
        Assert.Equal([0x12, 0x34, 0x56, 0x78], big.Value.ToArray());
        Assert.Equal(0x12345678u, big.ReadUInt32BigEndian());
        Assert.Equal(0x123456789abcdef0ul, Next(ref reader).ReadUInt64BigEndian());
        Assert.False(reader.MoveNext());
    }

    private static NetlinkAttribute Next(ref AttributeReader reader)
    {
        Assert.True(reader.MoveNext());
        return reader.Current;
    }

    private static byte[] Write(Node[] nodes, byte noise)
    {
        byte[] buffer = new byte[1 << 16];
        buffer.AsSpan().Fill(noise);
        MessageWriter writer = new(buffer);
        foreach (Node node in nodes)
        {
            node.Write(ref writer);
        }

        Assert.Equal(WriteFailure.None, writer.Failure);
        return writer.Written.ToArray();
    }
}
