using System.Text.Json;
using Berth.Cli.Commands;
using Berth.Inspection;

namespace Berth.Cli.Tests.Ls;

public sealed class LsCommandTests : IDisposable
{
    private readonly ExampleNode _node = new();

    public void Dispose() => _node.Dispose();

    [Fact]
    public void The_table_names_everything_that_answers_and_fits_eighty_columns()
    {
        CommandRun run = Ls();

        Assert.Equal(
            """
            PROTO  LISTEN                 KIND      TARGET      OWNER               STATE
            tcp    0.0.0.0:22             socket    -           sshd/812            ok
            udp    *:53                   socket    -           dnsmasq/900         ok
            tcp    0.0.0.0:8080           socket    -           nginx/901           shadowed
                   by hostPort c1c1c1c1c1c1
            tcp    0.0.0.0:8080           hostPort  10.1.0.2:~  c1c1c1c1c1c1        ok
            tcp    [2001:db8:1111:2222:~  socket    -           kube-system/agent   ok
            tcp    0.0.0.0:30080          hostPort  10.1.0.2:~  c1c1c1c1c1c1        shadowed
                   by NodePort shop/a-service-with-a-long-name:http
            tcp    0.0.0.0:30080          NodePort  10.244.10~  shop/a-service-wi~  ok

            """,
            run.Output);
        Assert.All(run.Output.Split('\n'), static line => Assert.InRange(line.Length, 0, 80));
    }

    [Fact]
    public void What_could_not_be_read_is_said_on_standard_error_and_of_what_ls_does_not_need_nothing()
    {
        CommandRun run = Ls();
        Assert.Equal((0, "berth ls: not read: nfTables (needs root)\n"), (run.ExitCode, run.Error));
        using JsonDocument document = JsonDocument.Parse(Ls("-o", "json").Output);
        Assert.Equal("nfTables", Assert.Single(document.RootElement.GetProperty("unreadable").EnumerateArray()).GetProperty("part").GetString());
    }

    [Fact]
    public void Wide_cuts_nothing_and_says_who_made_it()
    {
        string line = Assert.Single(Ls("-o", "wide", "-H").Output.Split('\n'), static line => line.Contains("NodePort  ", StringComparison.Ordinal));
        Assert.Contains("10.244.100.102:18080,10.244.100.103:18080", line, StringComparison.Ordinal);
        Assert.Contains("shop/a-service-with-a-long-name:http", line, StringComparison.Ordinal);
        Assert.Contains("kube-proxy iptables-legacy", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tcp/0.0.0.0:22 udp/*:53 tcp/0.0.0.0:8080 tcp/0.0.0.0:8080 tcp/[2001:db8:1111:2222:3333:4444:5555:6666]:9100 tcp/0.0.0.0:30080 tcp/0.0.0.0:30080")]
    [InlineData("udp/*:53", "-u")]
    [InlineData("udp/*:53 tcp/[2001:db8:1111:2222:3333:4444:5555:6666]:9100", "-6")]
    [InlineData("udp/*:53", "-u", "-4", "-n")]
    [InlineData("tcp/0.0.0.0:8080 tcp/0.0.0.0:8080", "8080")]
    [InlineData("tcp/0.0.0.0:22 tcp/[2001:db8:1111:2222:3333:4444:5555:6666]:9100", "SSH", "kube-system/agent")]
    [InlineData("udp/*:53 tcp/0.0.0.0:30080", "53", "a-service-with")]
    [InlineData("", "no-such-owner")]
    [InlineData("tcp/0.0.0.0:22", "-t", "-4", "sshd", "53")]
    public void Flags_and_filters_choose_rows(string expected, params string[] arguments)
    {
        CommandRun run = Ls(["-o", "name", .. arguments]);
        Assert.Equal(
            expected, string.Join(' ', run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => line[(line.IndexOf('/', StringComparison.Ordinal) + 1)..])));
        Assert.Equal(0, run.ExitCode);
    }

    [Fact]
    public void Without_header_every_line_is_a_row() =>
        Assert.StartsWith("tcp ", Ls("-H", "22").Output, StringComparison.Ordinal);

    [Fact]
    public void Json_holds_the_state_its_reason_and_what_was_not_read()
    {
        using JsonDocument document = JsonDocument.Parse(Ls("-o", "json", "30080").Output);
        JsonElement root = document.RootElement;
        Assert.Equal(("BerthListeners", 1), (root.GetProperty("kind").GetString(), root.GetProperty("version").GetInt32()));
        JsonElement hostPort = root.GetProperty("listeners")[0];
        Assert.Equal(
            "tcp 0.0.0.0 30080 hostPort shadowed NodePort shop/a-service-with-a-long-name:http",
            string.Join(' ', new[] { "protocol", "address", "port", "kind", "state", "stateBy" }.Select(name => hostPort.GetProperty(name).ToString())));
        Assert.Equal("c1c1c1c1c1c1c1c1", hostPort.GetProperty("container").GetString());
        Assert.Equal(2, root.GetProperty("listeners")[1].GetProperty("targets").GetArrayLength());
        Assert.Equal("nfTables", root.GetProperty("unreadable")[0].GetProperty("part").GetString());
    }

    [Fact]
    public void A_port_that_no_spec_declares_is_marked()
    {
        string pods = Path.GetTempFileName();
        try
        {
            File.WriteAllText(pods, """
                apiVersion: v1
                kind: Pod
                metadata: { name: agent, namespace: kube-system }
                spec: { hostNetwork: true, containers: [{ name: a, ports: [{ containerPort: 9101 }] }] }
                """);
            Assert.EndsWith("undeclared\n", Ls("--pods", pods, "9100").Output, StringComparison.Ordinal);
            File.WriteAllText(pods, File.ReadAllText(pods).Replace("9101", "9100", StringComparison.Ordinal));
            Assert.EndsWith("ok\n", Ls("--pods", pods, "9100").Output, StringComparison.Ordinal);
            File.WriteAllText(pods, "apiVersion: v1\nkind: Service\nmetadata: { name: x }\n");
            CommandRun run = Ls("--pods", pods);
            Assert.Equal((2, ""), (run.ExitCode, run.Output));
            Assert.Contains("kubectl get pods -A -o yaml", run.Error, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(pods);
        }
    }

    [Fact]
    public void Colour_is_only_for_a_terminal_and_never_alone()
    {
        Assert.DoesNotContain("\u001b", Ls().Output, StringComparison.Ordinal);
        StringWriter output = new();
        using Terminal terminal = new(Stream.Null, output, TextWriter.Null, colour: true);
        Assert.Equal(0, BerthCommand.Run(["ls", "--snapshot", _node.File, "nginx"], terminal));
        Assert.Contains("\u001b[33mshadowed\u001b[0m", output.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a port is between 1 and 65535", "ls", "70000")]
    [InlineData("a port is between 1 and 65535", "ls", "0")]
    [InlineData("leave one of them out", "ls", "--watch", "--snapshot", "x")]
    [InlineData("/no/such/file", "ls", "--snapshot", "/no/such/file")]
    [InlineData("berth snapshot > FILE", "ls", "--snapshot", "-")]
    public void What_cannot_work_is_two_and_says_what_to_do(string message, params string[] arguments)
    {
        CommandRun run = CommandRun.WithInput("{}", arguments);
        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--services", "Services in what could not be read, see above, would have no names")]
    [InlineData("--pods", "Pods in what could not be read, see above, would be marked wrongly")]
    public void A_file_of_manifests_that_is_not_there_is_named_and_why_nothing_is_listed(string option, string reason)
    {
        CommandRun run = Ls(option, "/no/such/file.yaml");
        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        string[] lines = run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.StartsWith("/no/such/file.yaml", lines[0], StringComparison.Ordinal);
        Assert.EndsWith($"{option} /no/such/file.yaml: it is used only whole: {reason}", lines[1], StringComparison.Ordinal);
        Assert.Equal(2, lines.Length);
    }

    [Theory]
    [InlineData("PREROUTING", "from outside", "stateFrom", "\"outside\"")]
    [InlineData("PREROUTING OUTPUT", "except at 127.0.0.1", "stateExcept", "[\"127.0.0.1\"]")]
    public void Json_and_the_table_say_from_where_alone_something_is_shadowed(string chains, string words, string name, string value)
    {
        using FileStream example = File.OpenRead(Path.Combine(Repository.Root, "examples", "node.json"));
        NodeSnapshot node = SnapshotJson.Read(example) with
        {
            NfTables = Part.Of(new Ruleset(1, true, [])),
            LegacyIptables = Part.Of<IReadOnlyList<LegacyTables>>(
            [
                new(false, ["nat"], "*nat\n:PREROUTING ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n:DOCKER - [0:0]\n"
                    + string.Concat(chains.Split(' ').Select(static chain => $"-A {chain} ! -d 127.0.0.0/8 -m addrtype --dst-type LOCAL -j DOCKER\n"))
                    + "-A DOCKER -p tcp -m tcp --dport 8080 -j DNAT --to-destination 10.1.0.2:80\nCOMMIT\n"),
            ]),
        };
        string file = Path.GetTempFileName();
        try
        {
            using (FileStream stream = new(file, FileMode.Create))
            {
                SnapshotJson.Write(stream, node);
            }

            using JsonDocument document = JsonDocument.Parse(CommandRun.Of("ls", "--snapshot", file, "-o", "json", "8080").Output);
            JsonElement[] rows = [.. document.RootElement.GetProperty("listeners").EnumerateArray()];
            JsonElement socket = rows.Single(static row => row.GetProperty("kind").GetString() == "socket");
            Assert.Equal("shadowed", socket.GetProperty("state").GetString());
            Assert.Equal(value, JsonSerializer.Serialize(socket.GetProperty(name)));
            Assert.False(rows.Single(static row => row.GetProperty("kind").GetString() == "hostPort").TryGetProperty(name, out _));
            Assert.Contains($"       {words} by hostPort\n", CommandRun.Of("ls", "--snapshot", file, "8080").Output, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void Standard_input_is_read_once_and_a_directory_is_no_snapshot()
    {
        Assert.Equal(
            new CommandRun(2, "", "berth ls: --services - and --snapshot -: only one of them can read standard input; name a file\n"),
            CommandRun.WithInput("{}", "ls", "--snapshot", "-", "--services", "-"));
        Assert.Equal(
            new CommandRun(2, "", "berth ls: --snapshot /tmp: that is a directory. A snapshot is a file, made by: berth snapshot > FILE\n"),
            CommandRun.Of("ls", "--snapshot", "/tmp"));
        Assert.DoesNotContain("..", CommandRun.WithInput("{", "ls", "--snapshot", "-").Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_snapshot_of_this_machine_is_read_from_standard_input()
    {
        CommandRun taken = CommandRun.Of("snapshot");
        Assert.Equal(0, taken.ExitCode);
        Assert.All(taken.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries), static line =>
            Assert.StartsWith("berth snapshot: not read: ", line, StringComparison.Ordinal));
        Assert.Equal(0, CommandRun.WithInput(taken.Output, "ls", "--snapshot", "-").ExitCode);
    }

    [Fact]
    public void The_page_shows_what_the_command_prints()
    {
        string page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "ls.md"));
        string node = Path.Combine(Repository.Root, "examples", "node.json");
        foreach (string arguments in new[] { "ls --snapshot examples/node.json", "ls --snapshot examples/node.json -o wide 30306" })
        {
            string[] words = [.. arguments.Split(' ').Select(word => word == "examples/node.json" ? node : word)];
            Assert.Contains($"$ berth {arguments}\n{CommandRun.Of(words).Output}```", page, StringComparison.Ordinal);
        }
    }

    private CommandRun Ls(params string[] arguments) => CommandRun.Of(["ls", "--snapshot", _node.File, .. arguments]);
}
