using System.Text.Json;
using System.Text.RegularExpressions;
using Berth.Cli.Tests.Ls;

namespace Berth.Cli.Tests.Doctor;

public sealed class DoctorCommandTests : IDisposable
{
    private readonly ExampleNode _node = new();

    public void Dispose() => _node.Dispose();

    [Fact]
    public void Findings_are_one_and_say_what_could_not_be_read()
    {
        CommandRun run = CommandRun.Of("doctor", "--snapshot", _node.File);
        Assert.Equal((1, "berth doctor: not read: nfTables (needs root)\nberth doctor: not read: queues (needs root)\n"), (run.ExitCode, run.Error));
        Assert.Contains("error shadowed-port", run.Output, StringComparison.Ordinal);
        Assert.EndsWith("3 findings\n", run.Output, StringComparison.Ordinal);
        Assert.All(run.Output.Split('\n'), static line => Assert.InRange(line.Length, 0, 80));
        Assert.DoesNotContain("\u001b", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Json_holds_id_severity_evidence_and_remedy()
    {
        using JsonDocument document = JsonDocument.Parse(CommandRun.Of("doctor", "--snapshot", _node.File, "-o", "json").Output);
        JsonElement root = document.RootElement;
        Assert.Equal(("BerthFindings", 1), (root.GetProperty("kind").GetString(), root.GetProperty("version").GetInt32()));
        JsonElement finding = root.GetProperty("findings")[0];
        Assert.Equal(("shadowed-port", "error"), (finding.GetProperty("id").GetString(), finding.GetProperty("severity").GetString()));
        Assert.NotEqual(0, finding.GetProperty("evidence").GetArrayLength());
        Assert.NotEqual("", finding.GetProperty("remedy").GetString());
        Assert.Equal("nfTables", root.GetProperty("unreadable")[0].GetProperty("part").GetString());
    }

    [Theory]
    [InlineData("Unreadable", 2, "no findings in what could be read\n")]
    [InlineData("Absent", 0, "no findings\n")]
    public void Without_findings_it_is_clean_only_if_everything_was_read(string status, int code, string output)
    {
        string text = File.ReadAllText(_node.File);
        using JsonDocument document = JsonDocument.Parse(text);
        foreach (string part in new[] { "legacyIptables", "nfTables" })
        {
            text = text.Replace(
                document.RootElement.GetProperty(part).GetRawText(), $$"""{"status":"{{status}}","reason":"for the test"}""", StringComparison.Ordinal);
        }

        CommandRun run = CommandRun.WithInput(text, "doctor", "--snapshot", "-");
        Assert.Equal((code, output), (run.ExitCode, run.Output));
    }

    [Fact]
    public void The_page_shows_what_the_command_prints_and_knows_every_id()
    {
        string page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "doctor.md"));
        CommandRun run = CommandRun.Of("doctor", "--snapshot", Path.Combine(Repository.Root, "examples", "node.json"));
        Assert.Contains($"$ berth doctor --snapshot examples/node.json\n{run.Output}```", page, StringComparison.Ordinal);

        string source = string.Concat(Directory.EnumerateFiles(
            Path.Combine(Repository.Root, "src", "Berth.Inspection", "Findings")).Select(File.ReadAllText));
        MatchCollection ids = Regex.Matches(source, "\"([a-z0-9]+(-[a-zA-Z0-9]+)+)\", FindingSeverity");
        Assert.True(ids.Count >= 9);
        Assert.All(ids, id => Assert.Contains($"| `{id.Groups[1].Value}` |", page, StringComparison.Ordinal));
    }
}
