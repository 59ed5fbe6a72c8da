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
    public void Of_a_file_that_is_not_there_it_is_said_where_it_was_looked_for_and_which_labs_are_there()
    {
        DirectoryInfo directory = Directory.CreateTempSubdirectory("berth-lab-");
        try
        {
            string path = directory.FullName;
            Assert.Equal(
                $"berth lab run: {path}/web.yaml: there is no such file in {path}. What a lab's file holds says docs/lab.md of Berth's "
                + "repository, and its examples/ has some to begin with\n",
                Error($"{path}/web.yaml"));
            Assert.Equal($"berth lab run: {path}/no/web.yaml: there is no directory {path}/no\n", Error($"{path}/no/web.yaml"));

            directory.CreateSubdirectory("examples");
            File.WriteAllText($"{path}/examples/web.yaml", "name: web\nnodes: [{ name: a }]\n");
            File.WriteAllText($"{path}/a.yaml", "nodes: [{ name: a }]\n");
            File.WriteAllText($"{path}/deployment.yaml", "kind: Deployment\n");
            Assert.EndsWith($"in {path}. Labs there: examples/web.yaml, a.yaml\n", Error($"{path}/web.yaml"), StringComparison.Ordinal);
            foreach (char letter in "bcdefg")
            {
                File.WriteAllText($"{path}/{letter}.yaml", "nodes: []\n");
            }

            Assert.EndsWith(
                $"Labs there: a.yaml, b.yaml, c.yaml, d.yaml, e.yaml, examples/web.yaml and 2 more\n", Error($"{path}/z.yaml"), StringComparison.Ordinal);
        }
        finally
        {
            directory.Delete(recursive: true);
        }

        static string Error(string file)
        {
            CommandRun run = CommandRun.Of("lab", "run", file);
            Assert.Equal(ExitCode.Unusable, run.ExitCode);
            return run.Error;
        }
    }

    [Theory]
    [InlineData("lab", "ls", "node-1", "-o", "wide")]
    [InlineData("lab", "exec", "node-1", "ls", "-l")]
    [InlineData("lab", "explain", "node-1", "tcp", "127.0.0.1:80", "--from-node")]
    public void Options_of_what_is_passed_on_are_told_where_to_stand(params string[] line)
    {
        CommandRun run = CommandRun.Of(line);

        Assert.Equal(ExitCode.Unusable, run.ExitCode);
        Assert.Contains("is none of its own options; what is passed on stands behind --", run.Error, StringComparison.Ordinal);
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
