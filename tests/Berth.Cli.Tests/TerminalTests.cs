using System.Text.Json;
using System.Text.Json.Nodes;

namespace Berth.Cli.Tests;

public sealed class TerminalTests
{
    [Fact]
    public void Diagnostics_stand_below_the_data_that_was_written_before_them()
    {
        // Standard output waits in a buffer, as that of the process does, and both go to one place.
        using MemoryStream place = new();
        using Terminal terminal = new(
            Stream.Null, new StreamWriter(place, leaveOpen: true), new StreamWriter(place, leaveOpen: true) { AutoFlush = true });

        terminal.Output.Write("one\n");
        terminal.Error.WriteLine("two");
        terminal.Output.Write("three\n");
        terminal.Error.Write($"{4}\n");
        terminal.Output.Write("five\n");
        terminal.Error.WriteLine();
        terminal.Output.Flush();

        Assert.Equal("one\ntwo\nthree\n4\nfive\n\n", System.Text.Encoding.UTF8.GetString(place.ToArray()));
    }

    [Theory]
    [InlineData(false, null, "xterm-256color", true)]
    [InlineData(false, "", "xterm-256color", true)]
    [InlineData(false, "1", "xterm-256color", false)]
    [InlineData(false, null, "dumb", false)]
    [InlineData(false, null, null, false)]
    [InlineData(true, null, "xterm-256color", false)]
    public void Colour_is_for_a_terminal_that_can_and_a_person_who_wants_it(
        bool redirected, string? noColor, string? term, bool coloured) =>
        Assert.Equal(
            coloured,
            Terminal.MayColour(redirected, name => name switch { "NO_COLOR" => noColor, "TERM" => term, _ => null }));

    [Theory]
    [InlineData("a\u001b[2Jb\u0007\r\u0000\u007f\u009b", false, """a\u001b[2Jb\u0007\u000d\u0000\u007f\u009b""")]
    [InlineData("tab\tline\n", false, "tab\tline\n")]
    [InlineData("x\u202ey\u2066z\u2028\u200f", false, """x\u202ey\u2066z\u2028\u200f""")]
    [InlineData("\u001b[31mred\u001b[0m", true, "\u001b[31mred\u001b[0m")]
    [InlineData("\u001b[31mred\u001b[0m", false, """\u001b[31mred\u001b[0m""")]
    [InlineData("\u001b[8mhidden\u001b]0;title\u001b[31", true, """\u001b[8mhidden\u001b]0;title\u001b[31""")]
    [InlineData("é日本語🚢", true, "é日本語🚢")]
    public void What_would_move_the_cursor_or_turn_the_text_is_written_out(string text, bool colour, string written)
    {
        using StringWriter output = new();
        using StringWriter error = new();
        using Terminal terminal = new(Stream.Null, output, error, colour);

        terminal.Output.Write(text);
        terminal.Output.Write('\u0008');
        terminal.Output.Write(['\u001b'], 0, 1);
        terminal.Error.Write(text.Replace("\u001b[31m", "", StringComparison.Ordinal).Replace("\u001b[0m", "", StringComparison.Ordinal));

        Assert.Equal(written + """\u0008\u001b""", output.ToString());
        Assert.DoesNotContain(error.ToString(), static c => char.IsControl(c) && c is not ('\n' or '\t'));
    }

    [Fact]
    public void Names_that_others_chose_stay_text_in_every_output_of_every_command()
    {
        const string Hostile = "\u001b]0;owned\u0007\u001b[2J\u202e\"<&'\r\n- x";

        foreach (CommandRun run in Runs(Hostile))
        {
            Assert.NotEqual("", run.Output + run.Error);
            Assert.DoesNotContain(run.Output + run.Error, static c => (char.IsControl(c) && c is not ('\n' or '\t')) || c == '\u202e');
            if (run.Output.StartsWith('{') || run.Output.StartsWith('['))
            {
                JsonDocument.Parse(run.Output).Dispose();
            }
        }
    }

    // A row of a table that nobody made, or a command that GitHub's runner obeys.
    [Fact]
    public void Names_with_line_breaks_in_them_begin_no_line()
    {
        // Wherever a line would be broken.
        foreach (CommandRun run in Enumerable.Range(0, 8).SelectMany(i => Runs($"{new string('x', i * 9)}\n::error::FORGED\nFORGED ::warning::FORGED")))
        {
            Assert.DoesNotContain((run.Output + run.Error).Split('\n'), static line =>
                line.StartsWith("FORGED", StringComparison.Ordinal)
                || line.TrimStart().StartsWith("::error::", StringComparison.Ordinal)
                || line.TrimStart().StartsWith("::warning::", StringComparison.Ordinal));
        }
    }

    private static CommandRun LabRun(string name)
    {
        string file = Path.GetTempFileName();
        File.WriteAllText(file, $"nodes: [{{ name: {JsonSerializer.Serialize(name)} }}]");
        CommandRun run = CommandRun.Of("lab", "run", file);
        File.Delete(file);
        return run;
    }

    private static CommandRun[] Runs(string name)
    {
        string manifest = """
            {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":NAME,"namespace":NAME},
             "spec":{"replicas":3,"template":{"spec":{"hostNetwork":true,"containers":[{"name":NAME,
              "ports":[{"containerPort":80,"hostPort":80},{"containerPort":81,"hostPort":80,"hostIP":"127.0.0.1"}]}]}}}}
            """.Replace("NAME", JsonSerializer.Serialize(name), StringComparison.Ordinal);
        JsonNode node = JsonNode.Parse(File.ReadAllText(Path.Combine(Repository(), "examples", "node.json")))!;
        foreach (JsonNode? process in node["processes"]!["value"]!.AsArray())
        {
            process!["name"] = name;
        }

        string snapshot = node.ToJsonString();
        foreach (string key in (string[])["hostName", "podName", "comment"])
        {
            snapshot = snapshot.Replace($"\"{key}\":\"", $"\"{key}\":\"" + JsonSerializer.Serialize(name)[1..^1], StringComparison.Ordinal);
        }

        return
        [
            .. ((string[])["text", "json", "sarif", "github"]).Select(format => CommandRun.WithInput(manifest, "lint", "--format", format, "-")),
            .. ((string[])["text", "wide", "json"]).Select(format => CommandRun.WithInput(manifest, "fit", "--nodes", "2", "--format", format, "-")),
            .. ((string[])["text", "wide", "json", "name"]).Select(format => CommandRun.WithInput(snapshot, "ls", "-o", format, "--snapshot", "-")),
            .. ((string[])["text", "json"]).Select(format => CommandRun.WithInput(snapshot, "doctor", "-o", format, "--snapshot", "-")),
            .. ((string[])["text", "json"]).Select(format =>
                CommandRun.WithInput(snapshot, "explain", "tcp", "192.0.2.9", "192.0.2.1:8080", "-o", format, "--snapshot", "-")),
            CommandRun.WithInput(manifest, "lint", name),
            LabRun(name),
            CommandRun.WithInput(snapshot, "explain", "tcp", name, "--snapshot", "-"),
            CommandRun.WithInput(snapshot, "explain", "tcp", "192.0.2.1:80", "--in", name, "--snapshot", "-"),
            CommandRun.WithInput(snapshot, "explain", "tcp", "192.0.2.1:80", "--from-pod", name, "--snapshot", "-"),
            CommandRun.WithInput(manifest, "ls", "--pods", "-", "--snapshot", name),
            CommandRun.Of(name),
        ];
    }

    private static string Repository()
    {
        DirectoryInfo place = new(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(place.FullName, "Berth.slnx")))
        {
            place = place.Parent!;
        }

        return place.FullName;
    }
}
