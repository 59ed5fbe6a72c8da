using System.Text;
using Berth.Cli.Rendering;
using Berth.Lab;

namespace Berth.Cli.Tests.Lab;

public sealed class LabTableTests
{
    private static readonly ProbeResult[] Rows =
    [
        new("", "outside -> node/node-1:8080", "web (sees 192.0.2.1), explained by hostPort default/web", "web (sees 192.0.2.1), so explained", true, "a.yaml:1:1"),
        new("", "node/node-1: lsof -nP -iTCP -sTCP:LISTEN", "does not show :8080", "so it is", true, "a.yaml:2:1"),
        new("the pod goes, and with it everything that was made for it on any node of the cluster, as it should", "pod web",
            "Failed", "Pending, \"0/1 nodes are available:\n1 node(s) didn't have free ports\" https://example.org/a-word-that-is-longer-than-its-column", false, "a.yaml:3:1"),
    ];

    private const string Trouble = "pod default/web on node-1: CrashLoopBackOff: it ended with exit code 3, after some words of its own";

    [Fact]
    public void It_fits_eighty_columns_and_loses_no_word()
    {
        string table = Table(isWide: false, colour: false);

        Assert.All(table.Split('\n'), static line => Assert.True(line.Length <= 80, line));
        string words = table.Replace("\n", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal);
        Assert.Contains("so", words, StringComparison.Ordinal);
        foreach (string word in Rows.SelectMany(static row => $"{row.Step} {row.Probe} {row.Expected}".Split(' ')))
        {
            Assert.Contains(word, words, StringComparison.Ordinal);
        }

        Assert.Contains("WRONG  pod web", table, StringComparison.Ordinal);
        Assert.Contains("       at a.yaml:3:1\n", table, StringComparison.Ordinal);
        Assert.Contains("pod default/web on node-1: CrashLoopBackOff: it ended with exit code 3, after\n  some words of its own\n", table, StringComparison.Ordinal);
        Assert.EndsWith("2 of 3 as expected (1 node, 2 pods, 3 programs, 1.5 s)\n", table, StringComparison.Ordinal);
    }

    [Fact]
    public void The_wide_one_has_a_line_a_probe()
    {
        string[] lines = Table(isWide: true, colour: false).Split('\n');

        Assert.Contains(lines, static line => line.StartsWith("ok     outside -> node/node-1:8080 ", StringComparison.Ordinal)
            && line.EndsWith("web (sees 192.0.2.1), so explained", StringComparison.Ordinal));
        Assert.Contains(lines, static line => line.EndsWith("available: 1 node(s) didn't have free ports\" https://example.org/a-word-that-is-longer-than-its-column", StringComparison.Ordinal));
    }

    // The inner berth writes to a pipe, and knows from the outer one that a person looks at it.
    [Fact]
    public void Colour_marks_what_a_word_says_too_and_only_when_it_is_asked_for()
    {
        string coloured = Table(isWide: false, colour: true);

        Assert.Contains("\u001b[32mok     \u001b[0moutside", coloured, StringComparison.Ordinal);
        Assert.Contains("\u001b[31mWRONG  \u001b[0mpod web", coloured, StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b", Table(isWide: false, colour: false), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_is_seen_in_a_pod_stays_text_and_begins_no_line(bool isWide)
    {
        const string Hostile = "x\n::error::FORGED\r\nFORGED\u001b[2J\u009b31m\u202e";
        string table = Table(isWide, colour: true, [new(Hostile, Hostile, Hostile, Hostile, false, "a.yaml:1:1")]);

        Assert.DoesNotContain(
            table.Replace("\u001b[31mWRONG", "", StringComparison.Ordinal).Replace("\u001b[0m", "", StringComparison.Ordinal),
            static c => (char.IsControl(c) && c != '\n') || c == '\u202e');
        Assert.DoesNotContain(table.Split('\n'), static line =>
            line.StartsWith("FORGED", StringComparison.Ordinal) || line.TrimStart().StartsWith("::", StringComparison.Ordinal));
    }

    private static string Table(bool isWide, bool colour, IReadOnlyList<ProbeResult>? rows = null)
    {
        using MemoryStream yaml = new(Encoding.UTF8.GetBytes("nodes: [{ name: node-1 }]"));
        LabFile file = LabFileReader.Read("a.yaml", yaml).File!;
        StringWriter output = new();
        using Terminal terminal = new(Stream.Null, output, TextWriter.Null);
        LabTable.Write(
            terminal, new LabResult(file, rows ?? Rows, null, rows is null ? [Trouble] : [rows[0].Seen], Nodes: 1, Pods: 2, Programs: 3, TimeSpan.FromSeconds(1.5)), isWide, colour);
        return output.ToString();
    }
}
