namespace Berth.Netlink.Tests.Wire;

public class AttributePathTests
{
    private static readonly byte[] Message = Write();

    [Theory]
    [InlineData(20, "1")]
    [InlineData(28, "2")]
    [InlineData(32, "2/5")]
    [InlineData(40, "2/5[1]")]
    [InlineData(44, "2/5[1]/7")]
    [InlineData(56, "1[1]")]
    public void The_path_leads_to_the_attribute_that_starts_there(int offset, string expected) =>
        Assert.Equal(expected, AttributePath.Find(Message, 4, offset, null));

    [Theory]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(16)]
    [InlineData(24)]
    [InlineData(30)]
    [InlineData(64)]
    [InlineData(1000)]
    public void Where_none_starts_there_is_no_path(int offset) => Assert.Null(AttributePath.Find(Message, 4, offset, null));

    [Fact]
    public void Names_come_from_the_protocol_with_numbers_where_it_knows_none() => Assert.Equal(
        "LIST/5[1]/DATA",
        AttributePath.Find(Message, 4, 44, (type, path) => (type, path.Length, path[^1]) switch
        {
            (0x30, 1, 2) => "LIST",
            (0x30, 3, 7) => "DATA",
            _ => null,
        }));

    private static byte[] Write()
    {
        MessageWriter writer = new(new byte[128]);
        int start = writer.BeginMessage(0x30, MessageFlags.Request, 1);
        writer.PutStructure([0, 0, 0, 0]);
        writer.PutUInt32(1, 0); // 20
        int list = writer.BeginNest(2); // 28
        int first = writer.BeginNest(5); // 32
        writer.PutFlag(6); // 36
        writer.EndNest(first);
        int second = writer.BeginNest(5); // 40
        writer.PutUInt64BigEndian(7, 1); // 44
        writer.EndNest(second);
        writer.EndNest(list);
        writer.PutUInt32(1, 0); // 56
        writer.EndMessage(start);
        return writer.Written.ToArray();
    }
}
