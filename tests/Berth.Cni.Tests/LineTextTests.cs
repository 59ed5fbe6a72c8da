namespace Berth.Cni.Tests;

public class LineTextTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("host port 8080 leads nowhere", "host port 8080 leads nowhere")]
    [InlineData("a\u001b[2Jb\u0007\r\n\t\u0000\u007f\u009b", """a\u001b[2Jb\u0007\u000d\u000a\u0009\u0000\u007f\u009b""")]
    [InlineData("x\u202ey\u2066z\u2028\u2029\u200f\ufeff", """x\u202ey\u2066z\u2028\u2029\u200f\ufeff""")]
    [InlineData("é日本語🚢 \\u001b \"x\"", "é日本語🚢 \\u001b \"x\"")]
    public void What_would_end_the_line_move_the_cursor_or_turn_the_text_is_written_out(string text, string written)
    {
        Assert.Equal(written, LineText.Of(text));

        using MemoryStream stderr = new();
        CniPluginHost.Warn(stderr, text);
        Assert.Equal(written + "\n", System.Text.Encoding.UTF8.GetString(stderr.ToArray()));
    }
}
