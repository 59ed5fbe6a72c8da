using System.Text.RegularExpressions;

namespace Berth.Docs.Tests;

/// <summary>The definitions for pre-commit and GitHub Actions call what is there, in the way that it takes.</summary>
public sealed class LintActionTests
{
    private static readonly string Script = Path.Combine(Repository.Root, "eng/lint-action");

    // No port is that high.
    private const string HostPortPod = """
        apiVersion: v1
        kind: Pod
        metadata: {name: a, annotations: {berth.dev/lint-ignore: "host-port-without-need: a test"}}
        spec:
          containers:
          - name: c
            ports: [{containerPort: 80, hostPort: 70000}]
        """;

    [Fact]
    public void The_action_passes_its_inputs_on_and_ends_as_the_command_does()
    {
        ShellCommand run = Run(new() { ["MANIFESTS"] = "deploy/*.yaml more", ["OPTIONS"] = "--nodes 3", ["FORMAT"] = "sarif" }, exitCode: 1);

        Assert.Equal((1, "lint|--output|sarif|--nodes|3|--|deploy/*.yaml|more|\n"), (run.ExitCode, run.Output));
    }

    [Fact]
    public void Lines_of_an_input_are_its_words_where_there_are_several()
    {
        ShellCommand run = Run(new() { ["MANIFESTS"] = "my charts\n*.yaml\n", ["OPTIONS"] = "--baseline\nwhat is known.json\n" }, exitCode: 0);

        Assert.Equal((0, "lint|--output|github|--baseline|what is known.json|--|my charts|*.yaml|\n"), (run.ExitCode, run.Output));
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

    [Fact]
    [Trait("tier", "slow")]
    public void Without_a_program_the_action_builds_one()
    {
        DirectoryInfo place = Directory.CreateTempSubdirectory("berth-action-");
        try
        {
            string manifest = Path.Combine(place.FullName, "pod.yaml");
            File.WriteAllText(manifest, HostPortPod);

            ShellCommand run = ShellCommand.Run("env", [$"RUNNER_TEMP={place.FullName}", $"MANIFESTS={manifest}", Script]);

            Assert.True(run.ExitCode == 1, run.Error);
            Assert.Contains($"::error file={manifest},line=7,", run.Output, StringComparison.Ordinal);
        }
        finally
        {
            place.Delete(recursive: true);
        }
    }

    [Fact]
    [Trait("tier", "slow")]
    public void Pre_commit_runs_the_hook()
    {
        ShellCommand need = ShellCommand.Run(Path.Combine(Repository.Root, "eng/need"), ["pre-commit", "git"]);
        Assert.SkipWhen(need.ExitCode != 0, need.Error);
        DirectoryInfo place = Directory.CreateTempSubdirectory("berth-hook-");
        try
        {
            // A repository with the hook's definition alone, as pre-commit clones it, and one that uses it.
            ShellCommand run = ShellCommand.Run("bash", ["-euc", """
                export HOME=$1 PRE_COMMIT_HOME=$1/cache PATH=$2:$PATH GIT_CONFIG_GLOBAL=/dev/null
                git() { command git -c user.name=x -c user.email=x@y -c init.defaultBranch=main -c safe.directory='*' "$@"; }
                mkdir "$1/hooks" "$1/used"
                cp .pre-commit-hooks.yaml "$1/hooks"
                git -C "$1/hooks" init -q && git -C "$1/hooks" add . && git -C "$1/hooks" commit -qm hook
                revision=$(git -C "$1/hooks" rev-parse HEAD)
                cd "$1/used"
                git init -q
                printf 'repos: [{repo: "%s", rev: "%s", hooks: [{id: berth-lint}]}]\n' "$1/hooks" "$revision" >.pre-commit-config.yaml
                printf '%s\n' "$3" >pod.yaml
                git add .
                code=0
                pre-commit run || code=$?
                sed -i 's/hostPort: 70000/hostPort: 7000/' pod.yaml
                git add .
                pre-commit run --verbose >&2
                exit "$code"
                """, "bash", place.FullName, PublishedFiles(), HostPortPod]);

            Assert.Equal(1, run.ExitCode);
            Assert.Contains("pod.yaml:7:", run.Output, StringComparison.Ordinal);
            Assert.Contains("Passed", run.Error, StringComparison.Ordinal);
        }
        finally
        {
            place.Delete(recursive: true);
        }
    }

    private static string PublishedFiles() => Environment.GetEnvironmentVariable("BERTH_PUBLISHED") ?? Path.Combine(Repository.Root, "out/publish");

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
