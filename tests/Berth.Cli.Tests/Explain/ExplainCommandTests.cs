using System.Text.Json;

namespace Berth.Cli.Tests.Explain;

public sealed class ExplainCommandTests
{
    private static readonly string Node = Path.Combine(Repository.Root, "examples", "node.json");

    [Fact]
    public void The_answer_comes_first_and_everything_fits_eighty_columns()
    {
        CommandRun run = Explain("tcp", "127.0.0.1:8080");
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.StartsWith("delivered: pod shop/web-1 at 10.1.0.2:80 by cni0\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("tcp 127.0.0.1:32768 -> 127.0.0.1:8080, from the node\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("    ip saddr 127.0.0.0/8 masquerade\n    => source becomes 10.1.0.1:32768\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("without hostPort shop/web-1:\n  socket of nginx/29 on 0.0.0.0:8080\n", run.Output, StringComparison.Ordinal);
        Assert.All(run.Output.Split('\n'), static line => Assert.InRange(line.Length, 0, 80));
    }

    [Theory]
    [InlineData(0, "delivered: pod shop/mysql-b", "tcp", "192.0.2.1:3306")]
    [InlineData(0, "delivered: socket of nginx/29", "tcp", "[::1]:80")]
    [InlineData(0, "delivered: pod shop/mysql-b", "tcp", "198.51.100.9:1234", "192.0.2.1:3306", "--in", "eth0")]
    [InlineData(0, "delivered: pod shop/web-1", "tcp", "192.0.2.1:8080", "--from-pod", "mysql-b")]
    [InlineData(0, "delivered: the node itself answers", "icmp", "192.0.2.1")]
    [InlineData(1, "refused (TCP reset): nobody listens", "tcp", "192.0.2.1:81")]
    [InlineData(1, "refused (port unreachable)", "udp", "192.0.2.1:53", "--from-node")]
    [InlineData(1, "lost: nobody is at 10.1.0.9:80", "tcp", "192.0.2.1:8081")]
    [InlineData(1, "rejected by routing: there is no route", "tcp", "[2001:db8::5]:80", "--from-node")]
    [InlineData(1, "dropped by nft ip berth guard", "tcp", "127.0.0.1:80", "--in", "eth0")]
    public void The_exit_code_says_whether_it_is_delivered(int code, string answer, params string[] arguments)
    {
        CommandRun run = Explain(arguments);
        Assert.Equal("", run.Error);
        Assert.StartsWith(answer, run.Output, StringComparison.Ordinal);
        Assert.Equal(code, run.ExitCode);
    }

    [Fact]
    public void What_could_not_be_read_makes_the_answer_depend_on_it()
    {
        using ExampleFile file = ExampleFile.Of(static node => node["nfTables"] = Unreadable());
        CommandRun run = CommandRun.Of("explain", "tcp", "192.0.2.1:80", "--snapshot", file.Path);
        Assert.Equal((3, ""), (run.ExitCode, run.Error));
        Assert.StartsWith("depends on what could not be found out; else: socket of nginx/29 on 0.0.0.0:80\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("not read:\n  - the nftables ruleset, and with it that of iptables-nft (needs root): with it\n", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PROTO gre: not a protocol", "gre", "192.0.2.1:80")]
    [InlineData("DST web:80: 'web' is not an IP address", "tcp", "web:80")]
    [InlineData("DST 192.0.2.1: has no port; write 192.0.2.1:80", "tcp", "192.0.2.1")]
    [InlineData("DST fd00::1: has no port; write [fd00::1]:80", "tcp", "fd00::1")]
    [InlineData("DST ::1:80: has no port; write [::1]:80, or [::1:80]:80 if all of it is the address", "tcp", "::1:80")]
    [InlineData("DST 010.1.2.3:80: '010' begins with 0, which would make it octal or hexadecimal; write it in decimal", "tcp", "010.1.2.3:80")]
    [InlineData("SRC 192.0.02.1: '02' begins with 0", "tcp", "192.0.02.1", "10.1.0.2:80")]
    [InlineData("DST 192.0.2.1:0: '0' is not a port", "tcp", "192.0.2.1:0")]
    [InlineData("DST 192.0.2.1:65536: '65536' is not a port", "tcp", "192.0.2.1:65536")]
    [InlineData("DST 192.0.2.1:80: icmp has no port", "icmp", "192.0.2.1:80")]
    [InlineData("SRC 10.1:80: '10.1' is not an IP address", "tcp", "10.1:80", "192.0.2.1:80")]
    [InlineData("one is IPv4 and the other IPv6", "tcp", "10.0.0.1", "[fd00::1]:80")]
    [InlineData("a packet enters at one place", "tcp", "192.0.2.1:80", "--in", "eth0", "--from-node")]
    [InlineData("there is no link eth9 on the node; there is lo, eth0, cni0", "tcp", "192.0.2.1:80", "--in", "eth9")]
    [InlineData("pod nobody: no attachment of that name", "tcp", "192.0.2.1:80", "--from-pod", "nobody")]
    [InlineData("source 10.9.9.9 is no address of the node", "tcp", "10.9.9.9", "192.0.2.1:80", "--from-node")]
    public void A_wrong_argument_is_named_with_its_value_and_the_remedy(string message, params string[] arguments)
    {
        CommandRun run = Explain(arguments);
        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.StartsWith("berth explain: ", run.Error, StringComparison.Ordinal);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Json_holds_the_ways_with_their_steps_the_reply_and_who_would_have_got_it()
    {
        CommandRun run = Explain("tcp", "192.0.2.1:8080", "-o", "json");
        using JsonDocument document = JsonDocument.Parse(run.Output);
        JsonElement root = document.RootElement;
        Assert.Equal(("BerthExplanation", 1, "delivered"), (root.GetProperty("kind").GetString(), root.GetProperty("version").GetInt32(), root.GetProperty("conclusion").GetString()));
        JsonElement way = Assert.Single(root.GetProperty("ways").EnumerateArray());
        Assert.Equal("10.1.0.2", way.GetProperty("end").GetProperty("address").GetString());
        Assert.Equal("shop/web-1", way.GetProperty("end").GetProperty("pod").GetString());
        Assert.True(way.GetProperty("reply").GetProperty("arrives").GetBoolean());
        Assert.Contains(way.GetProperty("steps").EnumerateArray(), static step =>
            step.GetProperty("effect").GetString() == "destination becomes 10.1.0.2:80" && step.GetProperty("owner").GetString() == "hostPort shop/web-1");
        Assert.Equal("hostPort shop/web-1", root.GetProperty("otherwise")[0].GetProperty("without").GetString());
    }

    [Theory]
    [InlineData("explain tcp 10.96.0.10:3306 --from-pod shop/web --snapshot examples/hijack.json")]
    [InlineData("explain tcp 127.0.0.1:8080 --snapshot examples/node.json")]
    [InlineData("explain tcp 127.0.0.1:80 --in eth0 --snapshot examples/node.json")]
    public void The_page_shows_what_the_command_prints(string arguments)
    {
        string page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "explain.md"));
        string[] words = [.. arguments.Split(' ').Select(static word =>
            word.StartsWith("examples/", StringComparison.Ordinal) ? Path.Combine(Repository.Root, word) : word)];
        Assert.Contains($"$ berth {arguments}\n{CommandRun.Of(words).Output}```", page, StringComparison.Ordinal);
    }

    [Fact]
    public void A_Service_that_a_host_port_hijacks_is_explained_in_one_command()
    {
        string file = Path.Combine(Repository.Root, "examples", "hijack.json");
        CommandRun run = CommandRun.Of("explain", "tcp", "10.96.0.10:3306", "--from-pod", "shop/web", "--snapshot", file);
        Assert.StartsWith("delivered: pod test/mysql-b at 10.244.1.3:3306", run.Output, StringComparison.Ordinal);
        Assert.Contains(
            "without hostPort test/mysql-b:\n  IPVS tcp 10.96.0.10:3306 rr: pod db/mysql-a-0 at 10.244.1.2:3306 by cni0\n",
            run.Output,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_manifest_names_the_Services_of_IPVS_in_every_command()
    {
        string file = Path.Combine(Repository.Root, "examples", "hijack.json");
        const string Services = """
            apiVersion: v1
            kind: List
            items:
            - apiVersion: v1
              kind: Service
              metadata: { name: mysql-a, namespace: db }
              spec: { type: ClusterIP, clusterIP: 10.96.0.10, clusterIPs: [10.96.0.10], ports: [{ name: mysql, port: 3306, protocol: TCP }] }
            """;
        CommandRun explain = CommandRun.WithInput(
            Services, "explain", "tcp", "10.96.0.10:3306", "--from-pod", "shop/web", "--snapshot", file, "--services", "-");
        Assert.Contains("IPVS tcp 10.96.0.10:3306 (Service db/mysql-a:mysql) rr", Flat(explain.Output), StringComparison.Ordinal);
        Assert.Equal(0, explain.ExitCode);

        CommandRun ls = CommandRun.WithInput(Services, "ls", "-a", "-o", "wide", "db/mysql-a", "--snapshot", file, "--services", "-");
        Assert.Contains("ClusterIP", ls.Output, StringComparison.Ordinal);
        Assert.Contains("db/mysql-a:mysql", ls.Output, StringComparison.Ordinal);

        CommandRun doctor = CommandRun.WithInput(Services, "doctor", "--snapshot", file, "--services", "-");
        Assert.Contains("takes the traffic of Service db/mysql-a:mysql at 10.96.0.10:3306", Flat(doctor.Output), StringComparison.Ordinal);

        CommandRun none = CommandRun.WithInput("apiVersion: v1\nkind: ConfigMap\nmetadata: { name: x }\n", "ls", "--snapshot", file, "--services", "-");
        Assert.Equal((2, ""), (none.ExitCode, none.Output));
        Assert.Contains("kubectl get services -A -o yaml", none.Error, StringComparison.Ordinal);
    }

    private static string Flat(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    [Fact]
    public void A_random_choice_is_told_way_by_way()
    {
        CommandRun run = Explain("tcp", "192.0.2.1:30306");
        Assert.StartsWith("delivered, to one of 2 by chance\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("way 1 of 2 (50%): 10.244.1.5:3306 by eth0, router 192.0.2.254\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("without NodePort shop/db:mysql:\n  hostPort shop/mysql-b: pod", run.Output, StringComparison.Ordinal);
        Assert.All(run.Output.Split('\n'), static line => Assert.InRange(line.Length, 0, 80));
    }

    private static System.Text.Json.Nodes.JsonObject Unreadable() => new() { ["status"] = "Unreadable", ["reason"] = "needs root" };

    private static CommandRun Explain(params string[] arguments) => CommandRun.Of(["explain", .. arguments, "--snapshot", Node]);
}
