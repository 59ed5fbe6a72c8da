using System.Text.Json;
using System.Text.RegularExpressions;

namespace Berth.Cli.Tests.Lint;

public sealed class LintCommandTests : IDisposable
{
    private static readonly string TwoDaemonSets = $"{DaemonSet("a", 8080)}---\n{DaemonSet("b", 8080)}";

    private readonly DirectoryInfo _place = Directory.CreateTempSubdirectory("berth-lint-");

    public void Dispose() => _place.Delete(recursive: true);

    [Fact]
    public void Findings_are_one_and_stand_behind_their_place_with_remedy_and_page()
    {
        CommandRun run = Lint(TwoDaemonSets);

        Assert.Equal(1, run.ExitCode);
        Assert.Equal(
            """
            <stdin>:21:28: error: host-port-collision: hostPort TCP 8080 is claimed by
                DaemonSet default/a too (hostPort TCP 8080, <stdin>:10:28): where they meet
                on a node, the second stays Pending.
                Remedy: Give one of them another port, or keep them apart with node
                selectors.
                See: berth lint --explain host-port-collision

            """,
            run.Output);
        Assert.Equal("2 objects in 1 file: 1 error\n", run.Error);
    }

    [Fact]
    public void Nothing_to_say_is_zero_and_silence_on_standard_output()
    {
        CommandRun run = Lint(DaemonSet("a", 8080) + "---\nkind: Secret\nmetadata: {name: s}\n");

        Assert.Equal(new CommandRun(0, "", "skipped: 1 Secret\n1 object in 1 file: no findings\n"), run);
    }

    [Theory]
    [InlineData("text")]
    [InlineData("json")]
    [InlineData("sarif")]
    [InlineData("github")]
    public void A_document_that_cannot_be_read_is_two_and_the_others_are_checked(string format)
    {
        CommandRun run = Lint($"{TwoDaemonSets}---\nkind: [\n", "-o", format);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("<stdin>:", run.Error, StringComparison.Ordinal);
        Assert.Contains("host-port-collision", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no manifests are given")]
    [InlineData("--only nonsense: there is no such check", "--only", "nonsense", "-")]
    [InlineData("--except nonsense: there is no such check", "--except", "nonsense", "-")]
    [InlineData("--nodes 0: must be between 1 and", "--nodes", "0", "-")]
    [InlineData("--nodes /nowhere.yaml: ", "--nodes", "/nowhere.yaml", "-")]
    [InlineData("--node-port-range 5-4: must be two ports", "--node-port-range", "5-4", "-")]
    [InlineData("--baseline: ", "--baseline", "/nowhere.json", "-")]
    [InlineData("--write-baseline: Could not find a part of the path '/nowhere/baseline.json'.", "--write-baseline", "/nowhere/baseline.json", "-")]
    [InlineData("there is no option --bogus", "--bogus", "-")]
    [InlineData("there is no option -x", "-", "-x")]
    [InlineData("--only lacks its value behind the =", "--only=", "-")]
    public void What_cannot_be_asked_is_two_and_names_the_option(string message, params string[] arguments)
    {
        CommandRun run = CommandRun.WithInput("", ["lint", .. arguments]);

        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.StartsWith($"berth lint: {message}", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Checks_are_chosen_and_left_out_by_id()
    {
        string manifests = TwoDaemonSets.Replace("8080", "30080", StringComparison.Ordinal);

        Assert.Equal(["node-port-range", "host-port-collision", "node-port-range"], Checks(Lint(manifests)));
        Assert.Equal(["host-port-collision"], Checks(Lint(manifests, "--only", "host-port-collision,host-ip-loopback")));
        Assert.Equal(["host-port-collision"], Checks(Lint(manifests, "--except", "node-port-range")));
        Assert.Equal(["host-port-collision"], Checks(Lint(manifests, "--severity", "error")));
    }

    [Fact]
    public void An_annotation_with_a_reason_suppresses_at_either_object_and_at_the_template()
    {
        const string Ignore = "{berth.dev/lint-ignore: \"host-port-collision: never at once\"}";

        CommandRun first = Lint(TwoDaemonSets.Replace("{name: a}", $"{{name: a, annotations: {Ignore}}}", StringComparison.Ordinal));
        CommandRun second = Lint(TwoDaemonSets.Replace("{name: b}", $"{{name: b, annotations: {Ignore}}}", StringComparison.Ordinal));
        CommandRun template = Lint(TwoDaemonSets.Replace("{labels: {app: a}}", $"{{annotations: {Ignore}}}", StringComparison.Ordinal));

        Assert.All((CommandRun[])[first, second, template], static run =>
        {
            Assert.Equal((0, ""), (run.ExitCode, run.Output));
            Assert.EndsWith("not reported: 1 suppressed by annotation\n", run.Error, StringComparison.Ordinal);
        });
    }

    [Theory]
    [InlineData("host-port-collision", "`host-port-collision` is ignored without a reason, so it is not")]
    [InlineData("host-port-collisions: typo", "there is no check `host-port-collisions`")]
    [InlineData("lint-ignore: quiet", "`lint-ignore` itself cannot be ignored")]
    public void An_annotation_that_suppresses_nothing_says_so(string annotation, string message)
    {
        CommandRun run = Lint(TwoDaemonSets.Replace(
            "{name: b}", $"{{name: b, annotations: {{berth.dev/lint-ignore: \"{annotation}\"}}}}", StringComparison.Ordinal), "-o", "github");

        Assert.Equal(["lint-ignore", "host-port-collision"], Regex.Matches(run.Output, "title=(.*?)::").Select(static match => match.Groups[1].Value));
        Assert.Contains(message, run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_may_have_the_name_of_an_option_behind_two_dashes()
    {
        CommandRun run = CommandRun.Of("lint", "--", "--bogus");

        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.StartsWith("--bogus:1:1: error: no such file or directory\n", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_below_the_severity_is_counted_and_what_is_suppressed_there_is_not()
    {
        // Two notes: a hostPort at a Service's port, and a hostIP that is all addresses.
        string manifests = DaemonSet("a", 8080).Replace("hostPort", "hostIP: 0.0.0.0, hostPort", StringComparison.Ordinal)
            + "---\nkind: Service\nmetadata: {name: s}\nspec: {ports: [{port: 8081}]}\n---\n" + DaemonSet("b", 8081);

        Assert.Equal("3 objects in 1 file: no findings\nnot reported: 2 notes below --severity warning\n", Lint(manifests).Error);
        Assert.EndsWith("not reported: 2 notes below --severity error\n", Lint(manifests, "--severity", "error").Error, StringComparison.Ordinal);
        Assert.EndsWith("3 objects in 1 file: 2 notes\n", Lint(manifests, "--severity", "note").Error, StringComparison.Ordinal);
        Assert.EndsWith(
            "1 warning and 2 notes below --severity error\n",
            Lint($"{manifests}---\n{DaemonSet("c", 30080)}", "--severity", "error").Error,
            StringComparison.Ordinal);
        string ignoring = manifests.Replace("{name: a}", "{name: a, annotations: {berth.dev/lint-ignore: \"host-ip-unspecified: meant\"}}", StringComparison.Ordinal);
        Assert.EndsWith("not reported: 1 note below --severity warning\n", Lint(ignoring).Error, StringComparison.Ordinal);
        using JsonDocument json = JsonDocument.Parse(Lint(manifests, "-o", "json").Output);
        Assert.Equal(2, json.RootElement.GetProperty("belowSeverity").GetInt32());
    }

    [Fact]
    public void A_question_ends_as_one()
    {
        string manifest = DaemonSet("a", 8125).Replace("containerPort: 80}", "containerPort: 80}, {hostPort: 8125, containerPort: 80, protocol: UDP}", StringComparison.Ordinal);

        Assert.All((string[])["text", "github", "sarif"], format =>
        {
            string output = Lint(manifest, "-o", format).Output;
            Assert.Contains("meant?", output, StringComparison.Ordinal);
            Assert.DoesNotContain("?.", output, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void Every_format_says_what_explains_a_check_and_that_command_is_there()
    {
        const string Command = "berth lint --explain host-port-collision";
        Assert.Contains($"See: {Command}\n", Lint(TwoDaemonSets).Output, StringComparison.Ordinal);
        Assert.Contains($"%0ASee: {Command}\n", Lint(TwoDaemonSets, "-o", "github").Output, StringComparison.Ordinal);
        using JsonDocument json = JsonDocument.Parse(Lint(TwoDaemonSets, "-o", "json").Output);
        Assert.Equal(Command, json.RootElement.GetProperty("findings")[0].GetProperty("explain").GetString());
        using JsonDocument sarif = JsonDocument.Parse(Lint(TwoDaemonSets, "-o", "sarif", "--only", "host-port-collision").Output);
        JsonElement help = sarif.RootElement.GetProperty("runs")[0].GetProperty("tool").GetProperty("driver").GetProperty("rules")[0].GetProperty("help");
        Assert.EndsWith($" See: {Command}", help.GetProperty("text").GetString(), StringComparison.Ordinal);
        // The page itself is there, so that it can be read where there is no berth.
        Assert.Contains("names neither the port nor its holder", help.GetProperty("markdown").GetString()!.Replace('\n', ' '), StringComparison.Ordinal);

        Assert.Equal(0, CommandRun.Of(Command.Split(' ')[1..]).ExitCode);
    }

    [Fact]
    public void A_baseline_hides_what_was_there_wherever_it_moves_and_nothing_else()
    {
        string baseline = Path.Combine(_place.FullName, "baseline.json");
        CommandRun written = Lint(TwoDaemonSets, "--write-baseline", baseline);
        Assert.Equal((0, ""), (written.ExitCode, written.Output));

        CommandRun moved = Lint("# a line more\n" + TwoDaemonSets, "--baseline", baseline);
        Assert.Equal((0, ""), (moved.ExitCode, moved.Output));
        Assert.EndsWith("not reported: 1 in the baseline\n", moved.Error, StringComparison.Ordinal);

        CommandRun more = Lint($"{TwoDaemonSets}---\n{DaemonSet("c", 8080)}", "--baseline", baseline);
        Assert.Equal(["host-port-collision"], Checks(more));
        Assert.Contains("<stdin>:32:28", more.Output, StringComparison.Ordinal);
        Assert.Equal(["baseline.json"], _place.GetFiles().Select(static file => file.Name));
    }

    [Fact]
    public void What_is_no_baseline_is_refused()
    {
        string file = Path.Combine(_place.FullName, "baseline.json");
        File.WriteAllText(file, "{\"version\": 2, \"findings\": []}");
        Assert.Contains("version 2 of a baseline, but only 1 is known", Lint("", "--baseline", file).Error, StringComparison.Ordinal);

        File.WriteAllText(file, "[]");
        Assert.Contains("no baseline as --write-baseline writes it", Lint("", "--baseline", file).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_is_written_as_a_baseline_when_something_was_unreadable()
    {
        string file = Path.Combine(_place.FullName, "baseline.json");

        Assert.Equal(2, Lint("kind: [\n", "--write-baseline", file).ExitCode);
        Assert.False(File.Exists(file));
    }

    [Fact]
    public void Json_has_the_version_the_place_and_the_other_object()
    {
        using JsonDocument json = JsonDocument.Parse(Lint(TwoDaemonSets, "-o", "json").Output);

        JsonElement root = json.RootElement;
        JsonElement finding = root.GetProperty("findings")[0];
        Assert.Equal(1, root.GetProperty("version").GetInt32());
        Assert.Equal("host-port-collision", finding.GetProperty("check").GetString());
        Assert.Equal(("<stdin>", 21, 28), (
            finding.GetProperty("file").GetString(), finding.GetProperty("line").GetInt32(), finding.GetProperty("column").GetInt32()));
        Assert.Equal("a", finding.GetProperty("related")[0].GetProperty("object").GetProperty("name").GetString());
        Assert.False(finding.TryGetProperty("suppressed", out _));
    }

    [Fact]
    public void Workflow_commands_escape_what_would_end_them()
    {
        string file = Path.Combine(_place.FullName, "50%,a:b.yaml");
        File.WriteAllText(file, DaemonSet("a", 30080));

        CommandRun run = CommandRun.Of("lint", file, "-o", "github");

        Assert.StartsWith(
            $"::warning file={_place.FullName}/50%25%2Ca%3Ab.yaml,line=10,col=28,title=node-port-range::hostPort TCP 30080 lies in",
            run.Output,
            StringComparison.Ordinal);
        Assert.Contains(".%0ARemedy: ", run.Output, StringComparison.Ordinal);
        Assert.Equal(1, run.Output.Count(static c => c == '\n'));
    }

    [Fact]
    public void Text_fits_eighty_columns_wherever_words_allow()
    {
        string manifests = TwoDaemonSets.Replace("8080", "30080", StringComparison.Ordinal);

        Assert.All(Lint(manifests).Output.Split('\n'), static line => Assert.InRange(line.Length, 0, 80));
        Assert.All(CommandRun.Of("lint", "--list").Output.Split('\n'), static line => Assert.InRange(line.Length, 0, 80));
        Assert.All(CommandRun.Of("lint", "--help").Output.Split('\n'), static line => Assert.InRange(line.Length, 0, 80));
    }

    [Fact]
    public void A_check_explains_itself()
    {
        CommandRun run = CommandRun.Of("lint", "--explain", "host-port-collision");

        Assert.Equal(0, run.ExitCode);
        Assert.StartsWith("## host-port-collision\n", run.Output, StringComparison.Ordinal);
        Assert.Equal(2, CommandRun.Of("lint", "--explain", "nonsense").ExitCode);
    }

    [Fact]
    public void Nodes_of_a_file_decide_who_can_meet()
    {
        string nodes = Path.Combine(_place.FullName, "nodes.yaml");
        string manifests = TwoDaemonSets.Replace("containers:", "nodeSelector: {role: edge}\n      containers:", StringComparison.Ordinal);
        File.WriteAllText(nodes, "kind: Node\nmetadata: {name: n1, labels: {role: core}}\n");
        Assert.Equal(0, Lint(manifests, "--nodes", nodes).ExitCode);

        File.WriteAllText(nodes, "kind: Node\nmetadata: {name: n1, labels: {role: edge}}\n");
        Assert.Equal(["host-port-collision"], Checks(Lint(manifests, "--nodes", nodes)));

        File.WriteAllText(nodes, "kind: Service\nmetadata: {name: n1}\n");
        Assert.Contains("there is no Node in it", Lint(manifests, "--nodes", nodes).Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(8080, "TCP", "a", "hostPort TCP 8080 is taken on the node of the snapshot by socket nginx/901 at 0.0.0.0:8080")]
    [InlineData(53, "UDP", "a", "hostPort UDP 53 is taken on the node of the snapshot by socket dnsmasq/900 at [::]:53")]
    [InlineData(22, "TCP", "a", "hostPort TCP 22 is the port of sshd on the node")]
    [InlineData(53, "TCP", "a", null)]
    [InlineData(9090, "TCP", "a", null)]
    [InlineData(9100, "TCP", "agent", null)]
    [InlineData(9100, "TCP", "b", "by socket kube-system/agent at [2001:db8:1111:2222:3333:4444:5555:6666]:9100")]
    public void What_answers_on_the_node_of_a_snapshot_is_taken_unless_it_is_the_pod_itself(
        int port, string protocol, string name, string? message)
    {
        using Ls.ExampleNode node = new();
        string manifest = DaemonSet(name, port)
            .Replace($"{{name: {name}}}", $"{{name: {name}, namespace: kube-system}}", StringComparison.Ordinal)
            .Replace("containerPort: 80", $"containerPort: 80, protocol: {protocol}", StringComparison.Ordinal);

        CommandRun run = Lint(manifest, "--snapshot", node.File, "-o", "github", "--only", "node-service-port");

        Assert.Equal(message is null ? 0 : 1, run.ExitCode);
        Assert.Contains(message ?? "", run.Output, StringComparison.Ordinal);
        // What could not be read there is said: it may take ports as well.
        Assert.Contains("needs root", run.Error, StringComparison.Ordinal);
    }

    private static CommandRun Lint(string manifests, params string[] options) =>
        CommandRun.WithInput(manifests, ["lint", .. options, "-"]);

    private static IEnumerable<string> Checks(CommandRun run) =>
        Regex.Matches(run.Output, "^<stdin>:[0-9:]*: .*?: (.*?): ", RegexOptions.Multiline).Select(static match => match.Groups[1].Value);

    private static string DaemonSet(string name, int port) => $$$"""
        apiVersion: apps/v1
        kind: DaemonSet
        metadata: {name: {{{name}}}}
        spec:
          template:
            metadata: {labels: {app: {{{name}}}}}
            spec:
              containers:
              - name: c
                ports: [{hostPort: {{{port}}}, containerPort: 80}]

        """;
}
