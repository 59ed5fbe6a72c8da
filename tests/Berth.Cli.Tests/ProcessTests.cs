namespace Berth.Cli.Tests;

/// <summary>The command as a process: its streams and its end.</summary>
public sealed class ProcessTests : IDisposable
{
    private readonly DirectoryInfo _place = Directory.CreateTempSubdirectory("berth-process-");

    public void Dispose() => _place.Delete(recursive: true);

    [Theory]
    [InlineData("lint", "1\nnothing else\n")]
    [InlineData("fit --nodes 3", "1\nnothing else\n")]
    public void What_nobody_reads_any_more_is_written_nowhere_and_the_exit_code_stays(string command, string expected)
    {
        Write(3000);

        ShellCommand run = Bash($"berth {command} many.yaml 2>error | head -n 1 >first; echo \"${{PIPESTATUS[0]}}\"; grep -v 'objects in' error || echo nothing else");

        Assert.Equal((expected, ""), (run.Output, run.Error));
        Assert.NotEqual(0, new FileInfo(Path.Combine(_place.FullName, "first")).Length);
    }

    [Theory]
    [InlineData("lint")]
    [InlineData("fit --nodes 3")]
    public void An_interrupt_ends_it_while_it_waits_for_input(string command)
    {
        // What is started in the background ignores interrupts unless told otherwise.
        ShellCommand run = Bash($"""
            mkfifo input
            exec 3<>input
            printf 'kind: Pod\n' >&3
            env --default-signal=INT {Berth} {command} - <&3 &
            sleep 2
            kill -INT $!
            code=0
            wait $! || code=$?
            echo $code
            """);

        Assert.Equal(("130\n", ""), (run.Output, run.Error));
    }

    [Fact]
    public void The_summary_stands_below_the_findings_in_one_file()
    {
        Write(300);

        ShellCommand run = Bash("berth lint many.yaml >both 2>&1 || true; tail -n 2 both; grep -c 'objects in' both");

        Assert.Matches(@"\A    See: berth lint --explain [a-z-]+\n300 objects in 1 file: [0-9]+ warnings\n1\n\z", run.Output);
    }

    [Fact]
    public void A_full_disk_is_a_failure_that_names_standard_output()
    {
        Write(300);

        ShellCommand run = Bash("code=0; berth lint many.yaml >/dev/full || code=$?; echo $code");

        Assert.Equal(("2\n", "berth lint: standard output: No space left on device\n"), (run.Output, run.Error));
    }

    [Theory]
    [InlineData("xterm-256color", "")]
    [InlineData("xterm-256color", "1")]
    [InlineData("dumb", "")]
    public void A_terminal_gets_no_escape_sequences_from_what_has_no_colour(string term, string noColor)
    {
        Assert.SkipWhen(ShellCommand.Run("sh", ["-c", "command -v script"]).ExitCode != 0, "script(1) is not installed.");
        Write(2);

        ShellCommand run = Bash($"export TERM={term} NO_COLOR={noColor}; script -qec '{Berth} lint many.yaml' /dev/null || true");

        Assert.Contains("2 objects in 1 file", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b", run.Output, StringComparison.Ordinal);
    }

    private static string Berth => $"{Environment.ProcessPath} exec --roll-forward Major {typeof(Terminal).Assembly.Location}";

    private void Write(int deployments) => File.WriteAllText(
        Path.Combine(_place.FullName, "many.yaml"),
        string.Concat(Enumerable.Range(0, deployments).Select(static number => $$$$$$"""
            ---
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: web-{{{{{{number}}}}}}}
            spec: {template: {spec: {containers: [{name: c, ports: [{containerPort: 80, hostPort: 30080}]}]}}}

            """)));

    private ShellCommand Bash(string script) => ShellCommand.Run("bash", ["-c", $"set -eu; cd '{_place.FullName}'; berth() {{ {Berth} \"$@\"; }}\n{script}"]);
}
