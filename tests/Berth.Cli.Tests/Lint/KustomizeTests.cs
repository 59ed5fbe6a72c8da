namespace Berth.Cli.Tests.Lint;

/// <summary>What kubectl's kustomize prints, handed over in a pipe.</summary>
[Trait("tier", "slow")]
public sealed class KustomizeTests
{
    private const string Base = """
        apiVersion: apps/v1
        kind: DaemonSet
        metadata:
          name: agent
        spec:
          selector: {matchLabels: {app: agent}}
          template:
            metadata: {labels: {app: agent}}
            spec:
              containers:
              - name: agent
                image: agent
                ports:
                - containerPort: 9100
                  hostPort: 9100
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: agent
        data:
          agent.conf: |
            kind: Pod
            ---
            hostPort: 9100
        """;

    private const string Overlay = """
        apiVersion: kustomize.config.k8s.io/v1beta1
        kind: Kustomization
        namespace: monitoring
        namePrefix: edge-
        bases: [../base]
        resources: [proxy.yaml]
        patchesJson6902:
        - target: {group: apps, version: v1, kind: DaemonSet, name: agent}
          path: port.yaml
        """;

    private const string Port = """
        - {op: replace, path: /spec/template/spec/containers/0/ports/0/hostPort, value: 9200}
        """;

    private const string Proxy = """
        apiVersion: apps/v1
        kind: DaemonSet
        metadata:
          name: proxy
        spec:
          selector: {matchLabels: {app: proxy}}
          template:
            metadata: {labels: {app: proxy}}
            spec:
              containers:
              - name: proxy
                image: proxy
                ports:
                - containerPort: 80
                  hostPort: 9200
        """;

    [Fact]
    public void A_collision_that_an_overlay_makes_is_found_in_what_it_prints()
    {
        string printed = Kustomize("overlay");

        CommandRun lint = CommandRun.WithInput(printed, "lint", "--only", "host-port-collision", "-o", "text", "-");
        CommandRun fit = CommandRun.WithInput(printed, "fit", "--nodes", "1", "-");

        Assert.Equal(1, lint.ExitCode);
        Assert.Contains("hostPort TCP 9200 is claimed by DaemonSet monitoring/edge-agent too", Joined(lint.Output), StringComparison.Ordinal);
        Assert.Equal(1, fit.ExitCode);
        Assert.Contains("Pending: monitoring/edge-", fit.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_the_line_is_is_said_of_what_was_printed()
    {
        string printed = Kustomize("overlay");
        int line = 1 + Array.FindIndex(printed.Split('\n'), static text => text.Contains("hostPort: 9200", StringComparison.Ordinal));

        CommandRun lint = CommandRun.WithInput(printed, "lint", "--only", "host-port-collision", "-o", "json", "-");

        Assert.True(line > 1, printed);
        Assert.Contains($"\"line\": {line}", lint.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_the_overlay_nothing_collides()
    {
        CommandRun lint = CommandRun.WithInput(Kustomize("base"), "lint", "--only", "host-port-collision", "-");

        Assert.Equal((0, ""), (lint.ExitCode, lint.Output));
        Assert.StartsWith("skipped: 1 ConfigMap\n1 object in 1 file: no findings", lint.Error, StringComparison.Ordinal);
    }

    private static string Joined(string text) => string.Join(' ', text.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries));

    private static string Kustomize(string directory)
    {
        // Some machines have kubectl from elsewhere, which Debian's package would not overwrite.
        ShellCommand need = ShellCommand.Run("sh", ["-c", "command -v kubectl || eng/need kubernetes-client"]);
        Assert.SkipWhen(need.ExitCode != 0, need.Error);
        DirectoryInfo place = Directory.CreateTempSubdirectory("berth-kustomize-");
        try
        {
            Write("base/kustomization.yaml", "resources: [agent.yaml]\n");
            Write("base/agent.yaml", Base);
            Write("overlay/kustomization.yaml", Overlay);
            Write("overlay/port.yaml", Port);
            Write("overlay/proxy.yaml", Proxy);

            ShellCommand run = ShellCommand.Run("kubectl", ["kustomize", Path.Combine(place.FullName, directory)]);

            // Newer ones print that bases and patchesJson6902 have other names now; older ones know no others.
            Assert.True(run.ExitCode == 0, run.Error);
            return run.Output;
        }
        finally
        {
            place.Delete(recursive: true);
        }

        void Write(string name, string text)
        {
            string file = Path.Combine(place.FullName, name);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, text);
        }
    }
}
