using System.Text.RegularExpressions;

namespace Berth.Docs.Tests;

/// <summary>The definitions for pre-commit and GitHub Actions call what is there, in the way that it takes.</summary>
public sealed class LintActionTests
{
    private static readonly string Script = Path.Combine(Repository.Root, "eng/lint-action");

    [Fact]
    public void The_action_passes_its_inputs_on_and_ends_as_the_command_does()
    {
        ShellCommand run = Run(new() { ["MANIFESTS"] = "deploy/*.yaml more", ["OPTIONS"] = "--nodes 3", ["FORMAT"] = "sarif" }, exitCode: 1);

        Assert.Equal((1, "lint|--output|sarif|--nodes|3|--|deploy/*.yaml|more|\n"), (run.ExitCode, run.Output));
    }

    [Fact]
    public void The_action_writes_to_a_file_when_told()
    {
        string output = Path.GetTempFileName();
        try
        {
            ShellCommand run = Run(new() { ["OUTPUT"] = output }, exitCode: 0);

            Assert.Equal((0, ""), (run.ExitCode, run.Output));
            Assert.Equal("lint|--output|github|--|.|\n", File.ReadAllText(output));
        }
        finally
        {
            File.Delete(output);
        }
    }

    [Fact]
    public void The_action_hands_every_input_to_its_script()
    {
        string action = File.ReadAllText(Path.Combine(Repository.Root, "action.yml"));
        string declared = action.Split("\nruns:")[0];

        string[] inputs = [.. Regex.Matches(declared, "^  ([a-z]+):$", RegexOptions.Multiline).Select(static match => match.Groups[1].Value)];
        Assert.Equal(["manifests", "options", "format", "output", "berth"], inputs);
        Assert.All(inputs, input => Assert.Contains($"{input.ToUpperInvariant()}: ${{{{ inputs.{input} }}}}", action, StringComparison.Ordinal));
        Assert.Contains("$GITHUB_ACTION_PATH/eng/lint-action", action, StringComparison.Ordinal);
    }

    [Fact]
    public void The_hook_reads_what_it_is_told_and_not_the_changed_files_alone()
    {
        string hooks = File.ReadAllText(Path.Combine(Repository.Root, ".pre-commit-hooks.yaml"));

        Assert.Contains("\n  entry: berth lint\n", hooks, StringComparison.Ordinal);
        Assert.Contains("\n  pass_filenames: false\n", hooks, StringComparison.Ordinal);
    }

    // A program that prints its arguments stands in for the command.
    private static ShellCommand Run(Dictionary<string, string> inputs, int exitCode)
    {
        using PluginScript berth = new($"""
            printf '%s|' "$@"; echo
            exit {exitCode}
            """);
        inputs["BERTH"] = berth.Path;
        inputs["PATH"] = Environment.GetEnvironmentVariable("PATH")!;
        return ShellCommand.Run(Script, [], environment: inputs);
    }
}
