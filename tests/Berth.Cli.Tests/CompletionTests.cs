namespace Berth.Cli.Tests;

public sealed class CompletionTests
{
    [Theory]
    [InlineData("berth l", "lab,lint,ls")]
    [InlineData("berth ls --out", "--output")]
    [InlineData("berth ls -o ", "json,name,text,wide")]
    [InlineData("berth completion z", "zsh")]
    [InlineData("berth lint --only node-po", "node-port-conflict,node-port-range")]
    [InlineData("berth lint --explain al", "all")]
    [InlineData("berth explain sc", "sctp")]
    [InlineData("berth ls --snapshot ", "")]
    [InlineData("berth explain --in l", "lo")]
    [InlineData("berth explain --snapshot EXAMPLE --from-pod test/mysql-b", "test/mysql-b")]
    [InlineData("berth explain --snapshot EXAMPLE --in kube-ip", "kube-ipvs0")]
    [InlineData("berth explain --snapshot /nowhere --in l", "")]
    [InlineData("berth nonsense --what l", "lab,lint,ls")]
    public void A_line_that_is_being_written_is_completed(string line, string expected)
    {
        line = line.Replace("EXAMPLE", Path.Combine(Repository.Root, "examples", "hijack.json"), StringComparison.Ordinal);
        CommandRun run = CommandRun.Of($"[suggest:{line.Length}]", line);

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal(expected, string.Join(',', run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)));
    }

    [Fact]
    public void The_middle_of_a_line_is_completed_by_what_is_before_it()
    {
        Assert.Equal("lab\nlint\nls\n", CommandRun.Of("[suggest:7]", "berth l --output json").Output);
    }

    [Fact]
    public void Another_shell_is_refused_with_those_that_there_are()
    {
        CommandRun run = CommandRun.Of("completion", "csh");

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("'csh'", run.Error, StringComparison.Ordinal);
        Assert.Contains("bash", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Bash_completes_words_and_leaves_files_to_itself()
    {
        Assert.Equal("lab lint ls\n", InShell("bash", """
            eval "$(berth completion bash)"
            COMP_LINE='berth l' COMP_POINT=7 COMP_WORDS=(berth l) COMP_CWORD=1
            _berth
            echo "${COMPREPLY[@]}"
            """));
        Assert.Equal("complete -o default -F _berth berth\n", InShell("bash", """
            eval "$(berth completion bash)"
            complete -p berth
            """));
    }

    [Fact]
    [Trait("tier", "slow")]
    public void Zsh_completes_words() => Assert.Equal("lab lint ls\n", InShell("zsh", """
        compdef() { :; }
        compadd() { shift; print "$@"; }
        source <(berth completion zsh)
        words=(berth l) CURRENT=2
        _berth
        """));

    [Fact]
    [Trait("tier", "slow")]
    public void Fish_completes_words() => Assert.Equal("lab\nlint\nls\n", InShell("fish", """
        cd $HOME
        berth completion fish | source
        complete -C 'berth l'
        """));

    // The program that these tests were built with, as `berth` in the PATH.
    private static string InShell(string shell, string script)
    {
        ShellCommand need = ShellCommand.Run("sh", ["-c", $"command -v {shell} || eng/need {shell}"]);
        Assert.SkipWhen(need.ExitCode != 0, need.Error);
        DirectoryInfo place = Directory.CreateTempSubdirectory("berth-shell-");
        try
        {
            string program = Path.Combine(place.FullName, "berth");
            File.WriteAllText(program, $"#!/bin/sh\nexec '{Environment.ProcessPath}' exec --roll-forward Major '{typeof(Terminal).Assembly.Location}' \"$@\"\n");
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);

            ShellCommand run = ShellCommand.Run("env", [$"PATH={place.FullName}:{Environment.GetEnvironmentVariable("PATH")}", $"HOME={place.FullName}", shell, "-c", script]);

            Assert.Equal((0, ""), (run.ExitCode, run.Error));
            return run.Output;
        }
        finally
        {
            place.Delete(recursive: true);
        }
    }
}
