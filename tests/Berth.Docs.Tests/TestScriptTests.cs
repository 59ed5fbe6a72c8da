namespace Berth.Docs.Tests;

/// <summary><c>./test</c> over projects that end in every way a project can; building is left out.</summary>
public sealed class TestScriptTests : IDisposable
{
    private const string Summary = "echo '=== TEST EXECUTION SUMMARY ==='; ";

    private readonly string _place = Directory.CreateTempSubdirectory("berth-test-").FullName;

    public TestScriptTests()
    {
        File.Copy(Path.Combine(Repository.Root, "test"), Path.Combine(_place, "test"));
        Directory.CreateDirectory(Path.Combine(_place, "eng"));
        File.Copy(Path.Combine(Repository.Root, "eng", "follow-tests"), Path.Combine(_place, "eng", "follow-tests"));
        Script("eng/need", "exit 0");
        Script("eng/dotnet", "echo /bin/true");
        Script("eng/publish", "exit 0");
    }

    public void Dispose() => Directory.Delete(_place, recursive: true);

    [Fact]
    public void Totals_are_summed_over_the_projects()
    {
        Project("A", Summary + "echo '   A  Total: 5, Errors: 0, Failed: 0, Skipped: 0, Not Run: 0, Time: 0.1s'");
        Project("B", Summary + "echo '   B  Total: 12, Errors: 0, Failed: 0, Skipped: 0, Not Run: 0, Time: 0.1s'");

        Assert.Equal((0, "17 passed, 0 failed"), Run());
    }

    [Fact]
    public void Skipped_and_explicit_tests_have_not_passed()
    {
        Project("A", Summary + "echo '   A  Total: 5, Errors: 0, Failed: 0, Skipped: 2, Not Run: 1, Time: 0.1s'");

        Assert.Equal((0, "2 passed, 0 failed, 2 skipped"), Run());
    }

    [Fact]
    public void Failures_and_errors_are_counted()
    {
        Project("A", Summary + "echo '   A  Total: 5, Errors: 1, Failed: 2, Skipped: 0, Not Run: 0, Time: 0.1s'; exit 1");

        Assert.Equal((1, "3 passed, 3 failed"), Run());
    }

    [Theory]
    [InlineData("kill -KILL $$")]
    [InlineData("exit 0")]
    [InlineData(Summary + "echo '   A  Total: 0'")]
    public void A_project_that_crashed_or_ran_nothing_is_a_failure(string ending)
    {
        Project("A", ending);
        Project("B", Summary + "echo '   B  Total: 1, Errors: 0, Failed: 0, Skipped: 0, Not Run: 0, Time: 0.1s'");

        Assert.Equal((1, "1 passed, 1 failed"), Run());
    }

    [Fact]
    public void A_project_that_ends_badly_after_good_tests_is_a_failure()
    {
        Project("A", Summary + "echo '   A  Total: 1, Errors: 0, Failed: 0, Skipped: 0, Not Run: 0, Time: 0.1s'; exit 134");

        Assert.Equal((1, "1 passed, 1 failed"), Run());
    }

    [Theory]
    [InlineData("eng/need", "exit 1")]
    [InlineData("eng/publish", "exit 1")]
    [InlineData("eng/dotnet", "[ $1 = --where ] && echo /bin/true || exit 1")]
    [InlineData("eng/dotnet", "[ $1 = --where ] && echo /bin/true || [ $1 != format ]")]
    [InlineData("eng/dotnet", "exit 1")]
    public void A_stage_that_fails_is_the_one_failure(string stage, string ending)
    {
        Project("A", Summary + "echo '   A  Total: 1, Errors: 0, Failed: 0, Skipped: 0, Not Run: 0, Time: 0.1s'");
        Script(stage, ending);

        Assert.Equal((1, "0 passed, 1 failed"), Run());
    }

    [Fact]
    public void A_filter_may_leave_a_project_without_tests_but_not_all_of_them()
    {
        Project("A", Summary + "case \"$*\" in *'-method *here*'*) echo '   A  Total: 1, Errors: 0, Failed: 0, " +
            "Skipped: 0, Not Run: 0, Time: 0.1s' ;; *) echo '   A  Total: 0' ;; esac");
        Project("B", Summary + "echo '   B  Total: 0'");

        Assert.Equal((0, "1 passed, 0 failed"), Run("--filter", "here"));
        Assert.Equal((1, "0 passed, 1 failed"), Run("--filter", "nowhere_at_all"));
    }

    [Theory]
    [InlineData("echo '   K  Total: 3, Errors: 0, Failed: 0, Skipped: 1, Not Run: 0, Time: 0.1s'", 0, "15 passed, 0 failed, 7 skipped")]
    [InlineData("echo '   K  Total: 3, Errors: 0, Failed: 2, Skipped: 0, Not Run: 0, Time: 0.1s'; exit 1", 1, "8 passed, 14 failed")]
    [InlineData("echo 'no such kernel' >&2; exit 125", 0, "1 passed, 0 failed, 7 skipped")]
    [InlineData("exit 126", 1, "1 passed, 7 failed")]
    [InlineData("[ \"$KERNEL_VM_ARGUMENTS\" = ipv6.disable=1 ] || exit 125; case \"$*\" in *'-trait kernel=no-ipv6') "
        + "echo '   K  Total: 1, Errors: 0, Failed: 0, Skipped: 0, Not Run: 0, Time: 0.1s' ;; esac", 0, "2 passed, 0 failed, 6 skipped")]
    public void With_all_the_other_kernels_are_counted_and_skipped_where_there_can_be_none(
        string machine, int exitCode, string lastLine)
    {
        Project("A", Summary + "echo '   A  Total: 1, Errors: 0, Failed: 0, Skipped: 0, Not Run: 0, Time: 0.1s'");
        Script("eng/reference-portmap", "exit 1");
        Script("eng/kernel-vm", machine);

        Assert.Equal((exitCode, lastLine), Run("--all"));
        Assert.Equal((0, "1 passed, 0 failed"), Run());
    }

    [Fact]
    public void With_kernels_only_the_machines_run_and_two_of_them_all_that_is_quick()
    {
        const string Ran = "echo '   K  Total: 1, Errors: 0, Failed: 0, Skipped: 0, Not Run: 0, Time: 0.1s'";
        Project("A", "exit 1");
        Script("eng/reference-portmap", "exit 1");
        Script("eng/kernel-vm", $"case \"$*\" in *'-trait- kernel=no-* -trait- tier=slow -trait- machine=full-speed') {Ran} ;; *) exit 125 ;; esac");

        Assert.Equal((0, "2 passed, 0 failed, 5 skipped"), Run("--kernels"));
    }

    [Fact]
    public void What_a_machine_says_is_followed_and_shown_with_its_name()
    {
        Project("A", Summary + "echo '   A  Total: 1, Errors: 0, Failed: 0, Skipped: 0, Not Run: 0, Time: 0.1s'");
        Script("eng/reference-portmap", "exit 1");
        Script("eng/kernel-vm", """
            [ $1 = 6.1 ] || exit 125
            echo '    Berth.A.SomeTests.Quick(of: "a.b") [STARTING]'
            echo '    Berth.A.SomeTests.Quick(of: "a.b") [FINISHED] Time: 0.5s'
            echo '    Berth.A.OtherTests.Slow [STARTING]'
            echo '    Berth.A.OtherTests.Slow [FAIL]'
            echo '    Berth.A.OtherTests.Slow [FINISHED] Time: 12.25s'
            echo '   K  Total: 2, Errors: 0, Failed: 1, Skipped: 0, Not Run: 0, Time: 12.8s'
            exit 1
            """);

        string output = ShellCommand.Run(Path.Combine(_place, "test"), ["--all"]).Output;

        Assert.Equal(
            [
                "Linux 6.1: Berth.A.SomeTests, after 0",
                "Linux 6.1: Berth.A.OtherTests, after 1",
                "Linux 6.1:     Berth.A.OtherTests.Slow [FAIL]",
                "Linux 6.1:    K  Total: 2, Errors: 0, Failed: 1, Skipped: 0, Not Run: 0, Time: 12.8s",
                "Linux 6.1: slow: 12.25s Berth.A.OtherTests.Slow",
                "Linux 6.1: slow: 0.5s Berth.A.SomeTests.Quick(of: \"a.b\")",
            ],
            output.Split('\n').Where(static line => line.StartsWith("Linux 6.1", StringComparison.Ordinal)));
        Assert.EndsWith("2 passed, 1 failed, 6 skipped\n", output, StringComparison.Ordinal);
    }

    private (int ExitCode, string LastLine) Run(params string[] arguments)
    {
        ShellCommand run = ShellCommand.Run(Path.Combine(_place, "test"), arguments);
        return (run.ExitCode, run.Output.TrimEnd('\n').Split('\n')[^1]);
    }

    private void Project(string name, string run)
    {
        Script($"tests/{name}/run", run);
        File.WriteAllText(Path.Combine(_place, "tests", name, name + ".csproj"), "");
    }

    private void Script(string path, string text)
    {
        string file = Path.Combine(_place, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, "#!/bin/bash\n" + text + "\n");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
