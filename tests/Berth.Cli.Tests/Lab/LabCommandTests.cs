namespace Berth.Cli.Tests.Lab;

public sealed class LabCommandTests
{
    [Fact]
    public void Its_help_names_what_people_call_and_nothing_else()
    {
        string help = CommandRun.Of("lab", "--help").Output;

        Assert.All(
            ["run <FILE>", "up <FILE>", "ps <LAB>", "exec <PLACE> <COMMAND>", "explain <NODE> <ARGUMENTS>", "ls <NODE> <ARGUMENTS>", "down <LAB>"],
            command => Assert.Contains(command, help, StringComparison.Ordinal));
        Assert.DoesNotContain("  inside", help, StringComparison.Ordinal);
        Assert.DoesNotContain("  echo", help, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_not_there_is_said()
    {
        CommandRun run = CommandRun.Of("lab", "run", "nowhere.yaml");

        Assert.Equal(ExitCode.Unusable, run.ExitCode);
        Assert.StartsWith("berth lab run: nowhere.yaml: ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void An_error_of_the_file_comes_with_its_place_before_anything_is_made()
    {
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, "nodes:\n  - { name: a, adress: 192.0.2.9 }\n");
            CommandRun run = CommandRun.Of("lab", "up", file);

            Assert.Equal(ExitCode.Unusable, run.ExitCode);
            Assert.Contains($"{file}:2:16: error: nodes[0].adress: there is no such key", run.Error, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void Of_labs_that_do_not_run_nothing_can_be_asked()
    {
        Assert.Contains("there is no running lab no-such-lab", CommandRun.Of("lab", "down", "no-such-lab").Error, StringComparison.Ordinal);
        Assert.Contains("there is no running lab no-such-lab", CommandRun.Of("lab", "exec", "--lab", "no-such-lab", "a", "--", "b").Error, StringComparison.Ordinal);
        Assert.Contains("leave the names out", CommandRun.Of("lab", "down", "--all", "a").Error, StringComparison.Ordinal);
    }
}
