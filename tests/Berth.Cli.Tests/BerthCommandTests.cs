using System.Text.RegularExpressions;

namespace Berth.Cli.Tests;

public sealed class BerthCommandTests
{
    [Theory]
    [InlineData("--help")]
    [InlineData("-h")]
    public void Help_goes_to_standard_output_and_states_the_exit_codes(string option)
    {
        CommandRun run = CommandRun.Of(option);

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains("Exit codes: 0 clean, 1 findings, 2 usage, or it could not run.", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Help_fits_eighty_columns_without_escape_sequences()
    {
        CommandRun run = CommandRun.Of("--help");

        Assert.All(run.Output.Split('\n'), static line => Assert.InRange(line.Length, 0, 80));
        Assert.DoesNotContain("\u001b", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Version_prints_the_version_of_the_package()
    {
        string properties = File.ReadAllText(Path.Combine(Repository.Root, "Directory.Build.props"));
        string version = Regex.Match(properties, "<Version>(.*)</Version>").Groups[1].Value;

        Assert.Equal(new CommandRun(0, $"berth {version}\n", ""), CommandRun.Of("--version"));
    }

    [Theory]
    [InlineData]
    [InlineData("nonsense")]
    [InlineData("--nonsense")]
    [InlineData("@arguments-of-a-file")]
    public void A_command_line_that_cannot_work_is_two_and_says_nothing_on_standard_output(params string[] arguments)
    {
        CommandRun run = CommandRun.Of(arguments);

        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.StartsWith("berth: ", run.Error, StringComparison.Ordinal);
        Assert.Contains("berth --help", run.Error, StringComparison.Ordinal);
    }
}
