namespace Berth.Cli.Tests;

public sealed class TerminalTests
{
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
