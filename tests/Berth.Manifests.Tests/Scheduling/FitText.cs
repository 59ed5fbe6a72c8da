namespace Berth.Manifests.Tests.Scheduling;

/// <summary>Runs the simulation on manifests that stand in a test.</summary>
internal static class FitText
{
    public static FitResult Run(string manifests, int nodes)
    {
        ManifestSet set = ManifestText.Read(manifests);
        Assert.Empty(set.Diagnostics);
        return FitSimulation.Run(PlainNodes.Create(nodes), [.. set.Workloads]);
    }

    /// <summary>With the Nodes among the manifests.</summary>
    public static FitResult Run(string manifests)
    {
        ManifestSet set = ManifestText.Read(manifests);
        Assert.Empty(set.Diagnostics);
        return FitSimulation.Run([.. set.Nodes], [.. set.Workloads]);
    }

    public static string Pod(string name, string port = "hostPort: 80, containerPort: 80", string spec = "") => $$"""
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: {{name}}}
        spec:
          containers: [{name: c, ports: [{{{port}}}]}]
          {{spec}}

        """;

    public static string Controller(
        string kind, string name, string spec = "replicas: 1", string port = "hostPort: 80, containerPort: 80", string pod = "") => $$"""
        ---
        apiVersion: {{(kind == "Job" ? "batch/v1" : "apps/v1")}}
        kind: {{kind}}
        metadata: {name: {{name}}}
        spec:
          {{spec}}
          template:
            spec:
              containers: [{name: c, ports: [{{{port}}}]}]
              {{pod}}

        """;

    public static string Node(string name, string spec = "{}", string labels = "") => $$"""
        ---
        apiVersion: v1
        kind: Node
        metadata:
          name: {{name}}
          labels: { {{labels}} }
        spec: {{spec}}

        """;

    /// <summary>Pod and node, or what becomes of it, one a line.</summary>
    public static string Landing(FitResult result) => string.Join('\n', result.Pods.Select(
        static pod => pod.Fits ? $"{pod.Name} {pod.Node}" : $"{pod.Name} {pod.Outcome}"));
}
