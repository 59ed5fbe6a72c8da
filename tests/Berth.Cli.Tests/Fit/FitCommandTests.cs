using System.Text.Json;

namespace Berth.Cli.Tests.Fit;

public sealed class FitCommandTests : IDisposable
{
    private const string Web = """
        apiVersion: apps/v1
        kind: Deployment
        metadata:
          name: web
        spec:
          replicas: 3
          strategy: {type: Recreate}
          template:
            spec:
              containers:
              - name: web
                ports:
                - containerPort: 80
                  hostPort: 8080

        """;

    private readonly DirectoryInfo _place = Directory.CreateTempSubdirectory("berth-fit-");

    public void Dispose() => _place.Delete(recursive: true);

    [Fact]
    public void What_fits_is_a_table_and_exit_code_zero()
    {
        CommandRun run = CommandRun.WithInput(Web, "fit", "--nodes", "3", "-");

        Assert.Equal(
            new CommandRun(0, """
                NAMESPACE  POD    STATUS  NODE    HOST PORTS
                default    web-1  Fits    node-1  TCP 8080
                default    web-2  Fits    node-2  TCP 8080
                default    web-3  Fits    node-3  TCP 8080

                3 of 3 pods fit on 3 nodes

                """, ""),
            run);
    }

    [Fact]
    public void More_pods_than_any_cluster_has_are_refused_at_their_place()
    {
        CommandRun run = CommandRun.WithInput(
            Web.Replace("replicas: 3", "replicas: 2147483647", StringComparison.Ordinal), "fit", "--nodes", "3", "-");

        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.StartsWith("berth fit: <stdin>:6:", run.Error, StringComparison.Ordinal);
        Assert.Contains("2147483647 pods", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void What_does_not_fit_has_the_scheduler_s_words_and_the_holders_and_exit_code_one()
    {
        CommandRun run = CommandRun.WithInput(Web, "fit", "--nodes", "2", "-");

        Assert.Equal(
            new CommandRun(1, """
                NAMESPACE  POD    STATUS   NODE    HOST PORTS
                default    web-1  Fits     node-1  TCP 8080
                default    web-2  Fits     node-2  TCP 8080
                default    web-3  Pending  <none>  TCP 8080

                Pending: default/web-3 (Deployment web, <stdin>:1:1)
                  0/2 nodes are available: 2 node(s) didn't have free ports for the requested
                  pod ports. preemption: 0/2 nodes are available: 2 No preemption victims found
                  for incoming pod.
                  NODE    PORT      HELD BY        AT
                  node-1  TCP 8080  default/web-1  <stdin>:14:21
                  node-2  TCP 8080  default/web-2  <stdin>:14:21

                2 of 3 pods fit on 2 nodes

                """, ""),
            run);
    }

    [Fact]
    public void A_rolling_update_that_never_finishes_is_a_finding()
    {
        CommandRun run = CommandRun.WithInput(
            Web.Replace("  strategy: {type: Recreate}\n", "", StringComparison.Ordinal), "fit", "--nodes", "3", "-");

        Assert.Equal((1, ""), (run.ExitCode, run.Error));
        Assert.Contains("Rolling update never finishes: Deployment default/web (<stdin>:1:1)", run.Output, StringComparison.Ordinal);
        Assert.Contains("3 of 3 pods fit on 3 nodes; 1 rolling update would never finish", run.Output, StringComparison.Ordinal);
        Assert.All(run.Output.Split('\n'), static line => Assert.InRange(line.Length, 0, 80));
    }

    [Fact]
    public void Json_has_everything()
    {
        CommandRun run = CommandRun.WithInput(Web, "fit", "--nodes", "2", "-o", "json", "-");

        Assert.Equal(1, run.ExitCode);
        using JsonDocument json = JsonDocument.Parse(run.Output);
        JsonElement root = json.RootElement;
        Assert.Equal((1, false), (root.GetProperty("version").GetInt32(), root.GetProperty("fits").GetBoolean()));
        JsonElement pod = root.GetProperty("pods")[2];
        Assert.Equal("Pending", pod.GetProperty("outcome").GetString());
        Assert.Equal(JsonValueKind.Null, pod.GetProperty("node").ValueKind);
        Assert.StartsWith("0/2 nodes are available", pod.GetProperty("message").GetString(), StringComparison.Ordinal);
        JsonElement held = pod.GetProperty("heldPorts")[1];
        Assert.Equal(
            ("node-2", "web-2", 8080, 14),
            (held.GetProperty("node").GetString(), held.GetProperty("holder").GetProperty("name").GetString(),
                held.GetProperty("held").GetProperty("port").GetInt32(), held.GetProperty("held").GetProperty("line").GetInt32()));
    }

    [Fact]
    public void What_the_kubelet_rejects_and_what_the_api_server_refuses_have_the_words_of_either()
    {
        const string Pods = """
            kind: Pod
            metadata: {name: lost}
            spec: {nodeName: node-1, nodeSelector: {disk: ssd}, containers: [{name: c, ports: [{containerPort: 80, hostPort: 80}]}]}
            ---
            kind: Pod
            metadata: {name: wrong}
            spec: {containers: [{name: c, ports: [{containerPort: 80, hostPort: 70000}]}]}

            """;

        CommandRun run = CommandRun.WithInput(Pods, "fit", "--nodes", "1", "-");

        Assert.Equal(
            new CommandRun(1, """
                NAMESPACE  POD    STATUS        NODE    HOST PORTS
                default    lost   NodeAffinity  node-1  TCP 80
                default    wrong  Invalid       <none>  TCP 70000

                NodeAffinity: default/lost (Pod lost, <stdin>:1:1)
                  Pod was rejected: Predicate NodeAffinity failed: node(s) didn't match Pod's
                  node affinity/selector

                Invalid: default/wrong (Pod wrong, <stdin>:5:1)
                  spec.containers[0].ports[0].hostPort: Invalid value: 70000: must be between 1
                  and 65535, inclusive

                0 of 2 pods fit on 1 node

                """, ""),
            run);
        using JsonDocument json = JsonDocument.Parse(CommandRun.WithInput(Pods, "fit", "--nodes", "1", "-o", "json", "-").Output);
        JsonElement[] pods = [.. json.RootElement.GetProperty("pods").EnumerateArray()];
        Assert.Equal(
            ["Rejected NodeAffinity", "Refused "],
            pods.Select(static pod => $"{pod.GetProperty("outcome")} {(pod.TryGetProperty("reason", out JsonElement reason) ? reason.GetString() : "")}"));
    }

    [Fact]
    public void A_file_of_a_cluster_gives_the_nodes_and_what_holds_ports_there()
    {
        string cluster = Write("cluster.yaml", """
            apiVersion: v1
            kind: List
            items:
            - {apiVersion: v1, kind: Node, metadata: {name: alpha}}
            - apiVersion: v1
              kind: Pod
              metadata: {name: proxy, namespace: infra}
              spec: {nodeName: alpha, hostNetwork: true, containers: [{name: c, ports: [{containerPort: 8080}]}]}
              status: {phase: Running}
            - {apiVersion: v1, kind: Secret, metadata: {name: s}}
            """);

        CommandRun run = CommandRun.Of("fit", "--nodes", cluster, Write("web.yaml", Web.Replace("3", "1", StringComparison.Ordinal)));

        Assert.Equal((1, "skipped: 1 Secret\n"), (run.ExitCode, run.Error));
        Assert.Contains("Bound", run.Output, StringComparison.Ordinal);
        Assert.Contains($"alpha  TCP 8080  infra/proxy  {cluster}:8:", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Pods_without_host_ports_are_counted_and_wide_lists_them()
    {
        const string Plain = "kind: Pod\nmetadata: {name: plain}\nspec: {}\n";

        Assert.Equal(
            new CommandRun(0, "1 of 1 pod fits on 1 node; 1 without host ports not listed (-o wide)\n", ""),
            CommandRun.WithInput(Plain, "fit", "--nodes", "1", "-"));
        Assert.Contains(
            "default    plain  Fits    node-1  <none>", CommandRun.WithInput(Plain, "fit", "--nodes", "1", "-o", "wide", "-").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_read_is_exit_code_two_and_the_rest_is_shown()
    {
        CommandRun run = CommandRun.WithInput(Web + "---\na: [\n", "fit", "--nodes", "3", "-");

        Assert.Equal(2, run.ExitCode);
        Assert.StartsWith("<stdin>:", run.Error, StringComparison.Ordinal);
        Assert.Contains("3 of 3 pods fit", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("berth fit: no nodes: there is no Node among the manifests. Say how many with --nodes N", "-")]
    [InlineData("berth fit: --nodes 0: must be between 1 and 100000", "--nodes", "0", "-")]
    [InlineData("berth fit: --nodes -1: must be between 1 and 100000", "--nodes=-1", "-")]
    [InlineData("/nowhere.yaml:1:1: error: no such file or directory", "--nodes", "/nowhere.yaml", "-")]
    [InlineData("berth fit: Required argument missing", "--nodes", "1")]
    [InlineData("berth fit: Argument 'xml' not recognized", "-o", "xml", "-")]
    public void A_call_that_cannot_work_is_exit_code_two_with_the_remedy(string error, params string[] arguments)
    {
        CommandRun run = CommandRun.WithInput(Web, ["fit", .. arguments]);

        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.StartsWith(error, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_without_nodes_says_how_to_make_one_that_has_them()
    {
        string file = Write("web.yaml", Web);

        CommandRun run = CommandRun.Of("fit", "--nodes", file, file);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("kubectl get nodes -o yaml", run.Error, StringComparison.Ordinal);
    }

    private string Write(string name, string text)
    {
        string path = Path.Combine(_place.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }
}
