namespace Berth.Lab.Tests.Files;

public sealed class FilledTextTests
{
    [Theory]
    [InlineData("192.0.2.1", true)]
    [InlineData("a 192.0.2.1:80", true)]
    [InlineData("192.0.2.11 and 192.0.2.1/24", true)]
    [InlineData("from 192.0.2.1.", true)]
    [InlineData("192.0.2.11", false)]
    [InlineData("1192.0.2.1", false)]
    [InlineData("10.192.0.2.1", false)]
    [InlineData("192.0.2.1.5", false)]
    [InlineData("192.0.2.2", false)]
    [InlineData("", false)]
    public void An_address_is_no_part_of_a_longer_one(string output, bool isThere) =>
        Assert.Equal(isThere, new FilledText("192.0.2.1", [(0, 9)]).IsIn(output));

    [Theory]
    [InlineData("tcp 10.0.0.1:80 to 10.0.0.2:", true)]
    [InlineData("tcp 10.0.0.1:80 to 10.0.0.22 tcp 10.0.0.1:80 to 10.0.0.2 ", true)]
    [InlineData("tcp 10.0.0.1:80 to 10.0.0.22", false)]
    public void Each_address_of_a_text_is_looked_at_and_each_place_where_the_text_stands(string output, bool isThere) =>
        Assert.Equal(isThere, new FilledText("10.0.0.1:80 to 10.0.0.2", [(0, 8), (15, 8)]).IsIn(output));

    [Theory]
    [InlineData("8080", "18080", true)]
    [InlineData("", "", true)]
    [InlineData("", "x", true)]
    public void What_is_no_address_may_be_a_part_of_something(string text, string output, bool isThere) =>
        Assert.Equal(isThere, new FilledText(text, []).IsIn(output));
}
