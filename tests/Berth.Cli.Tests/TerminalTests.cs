namespace Berth.Cli.Tests;

public sealed class TerminalTests
{
    [Fact]
    public void Diagnostics_stand_below_the_data_that_was_written_before_them()
    {
        // Standard output waits in a buffer, as that of the process does, and both go to one place.
        using MemoryStream place = new();
        using Terminal terminal = new(
            Stream.Null, new StreamWriter(place, leaveOpen: true), new StreamWriter(place, leaveOpen: true) { AutoFlush = true });

        terminal.Output.Write("one\n");
        terminal.Error.WriteLine("two");
        terminal.Output.Write("three\n");
        terminal.Error.Write($"{4}\n");
        terminal.Output.Write("five\n");
        terminal.Error.WriteLine();
        terminal.Output.Flush();

        Assert.Equal("one\ntwo\nthree\n4\nfive\n\n", System.Text.Encoding.UTF8.GetString(place.ToArray()));
    }

    [Theory]
    [InlineData(false, null, "xterm-256color", true)]
    [InlineData(false, "", "xterm-256color", true)]
    [InlineData(false, "1", "xterm-256color", false)]
    [InlineData(false, null, "dumb", false)]
    [InlineData(false, null, null, false)]
    [InlineData(true, null, "xterm-256color", false)]
    public void Colour_is_for_a_terminal_that_can_and_a_person_who_wants_it(
        bool redirected, string? noColor, string? term, bool coloured) =>
        Assert.Equal(
            coloured,
            Terminal.MayColour(redirected, name => name switch { "NO_COLOR" => noColor, "TERM" => term, _ => null }));
}
