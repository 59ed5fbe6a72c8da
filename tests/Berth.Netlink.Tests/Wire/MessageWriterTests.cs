namespace Berth.Netlink.Tests.Wire;

public class MessageWriterTests
{
    [Fact]
    public void Nothing_is_written_after_the_first_that_did_not_fit_even_if_it_would_fit()
    {
        MessageWriter writer = new(new byte[16]);
        writer.PutUInt32(1, 1);
        writer.PutBytes(2, new byte[8]);
        writer.PutByte(3, 3);
        Assert.Equal(WriteFailure.BufferTooSmall, writer.Failure);
        Assert.Equal(8, writer.Length);
    }

    [Fact]
    public void The_first_failure_is_the_one_that_is_reported()
    {
        MessageWriter writer = new(new byte[8]);
        writer.PutBytes(1, new byte[8]);
        writer.PutBytes(2, new byte[ushort.MaxValue]);
        Assert.Equal(WriteFailure.BufferTooSmall, writer.Failure);
    }

    [Theory]
    [InlineData(65_531, WriteFailure.None)]
    [InlineData(65_532, WriteFailure.AttributeTooLong)]
    public void An_attribute_holds_65531_bytes(int length, WriteFailure expected)
    {
        MessageWriter writer = new(new byte[1 << 17]);
        writer.PutBytes(1, new byte[length]);
        Assert.Equal(expected, writer.Failure);
    }

    [Theory]
    [InlineData(65_524, WriteFailure.None)]
    [InlineData(65_528, WriteFailure.AttributeTooLong)]
    public void A_nest_holds_65531_bytes_of_attributes(int value, WriteFailure expected)
    {
        byte[] buffer = new byte[1 << 17];
        MessageWriter writer = new(buffer);
        int nest = writer.BeginNest(1);
        writer.PutBytes(2, new byte[value - 4]);
        writer.PutFlag(3);
        writer.EndNest(nest);
        Assert.Equal(expected, writer.Failure);
        if (expected == WriteFailure.None)
        {
            Assert.Equal(writer.Length, BitConverter.ToUInt16(buffer));
        }
    }

    [Fact]
    public void Text_ends_in_a_NUL_and_reads_back()
    {
        MessageWriter writer = new(new byte[64]);
        writer.PutString(1, "Häfen");
        AttributeReader reader = new(writer.Written);
        Assert.True(reader.MoveNext());
        Assert.Equal(0, reader.Current.Value[^1]);
        Assert.Equal("Häfen", reader.Current.ReadString());
    }

    [Fact]
    public void Truncating_takes_back_and_leaves_no_trace()
    {
        byte[] buffer = new byte[64];
        MessageWriter writer = new(buffer);
        writer.PutUInt32(1, 1);
        int kept = writer.Length;
        writer.PutBytes(2, [0xff, 0xff, 0xff, 0xff]);
        writer.Truncate(kept);
        writer.PutByte(3, 3);
        Assert.Equal([8, 0, 1, 0, 1, 0, 0, 0, 5, 0, 3, 0, 3, 0, 0, 0], writer.Written.ToArray());
    }

    [Fact]
    public void The_last_attribute_may_lack_its_padding()
    {
        AttributeReader reader = new([5, 0, 3, 0, 7]);
        Assert.True(reader.MoveNext());
        Assert.Equal(7, reader.Current.ReadByte());
        Assert.False(reader.MoveNext());
    }

    [Fact]
    public void Flag_bits_do_not_belong_to_the_type()
    {
        AttributeReader reader = new([4, 0, 3, 0xc0]);
        Assert.True(reader.MoveNext());
        Assert.Equal(3, reader.Current.Type);
        Assert.True(reader.Current.IsNested);
    }
}
