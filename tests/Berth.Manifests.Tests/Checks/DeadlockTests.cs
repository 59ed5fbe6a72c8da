namespace Berth.Manifests.Tests.Checks;

/// <summary>Rolling updates that wait for themselves, and what is said of pods that do not run in the first place.</summary>
public sealed class DeadlockTests
{
    [Theory]
    [InlineData(3, 2, "replicas-exceed-nodes: 3 pods claim TCP 80, but 2 nodes can take them: 1 will never be scheduled")]
    [InlineData(2, 2, "rolling-update-deadlock: maxUnavailable 0 (25% of 2) keeps all old pods until a new one runs: the new pod needs a node with TCP 80 free, and the 2 old ones hold it on all 2")]
    [InlineData(1, 1, "rolling-update-deadlock: maxUnavailable 0 (25% of 1) keeps all old pods until a new one runs: the new pod needs TCP 80 free, and the old one holds it on the only node")]
    [InlineData(2, 3, "")]
    [InlineData(2, null, "rolling-update-deadlock: maxUnavailable 0 (25% of 2) keeps all old pods until a new one runs: the new pod needs one node more than the 2 that hold TCP 80")]
    [InlineData(1, null, "rolling-update-deadlock: maxUnavailable 0 (25% of 1) keeps all old pods until a new one runs: the new pod needs a node beside the one where TCP 80 is held")]
    public void Each_number_of_nodes_is_one_finding_or_none(int replicas, int? nodes, string expected) => Assert.Equal(
        expected, Said(Scheduling.FitText.Controller("Deployment", "web", $"replicas: {replicas}"), nodes, "rolling-update-deadlock", "replicas-exceed-nodes"));

    [Fact]
    public void A_deployment_that_names_its_node_is_stuck_however_many_there_are() => Assert.StartsWith(
        "rolling-update-deadlock: maxUnavailable 0 (25% of 1) keeps all old pods",
        Said(Scheduling.FitText.Controller("Deployment", "web", pod: "nodeName: node-1"), 5, "rolling-update-deadlock"),
        StringComparison.Ordinal);

    [Theory]
    [InlineData("containers", "ERROR hostPort 81 is refused: must match `containerPort` (80) when `hostNetwork` is true")]
    [InlineData("initContainers", "WARNING hostPort 81 is claimed of the node, and the process binds 80 (containerPort)")]
    public void Of_init_containers_the_api_server_does_not_see_another_host_port(string field, string expected)
    {
        ManifestSet set = ManifestText.Read(
            $"kind: Pod\nmetadata: {{name: p}}\nspec:\n  hostNetwork: true\n  {field}: [{{name: c, restartPolicy: Always, ports: [{{containerPort: 80, hostPort: 81}}]}}]\n");

        Finding finding = Assert.Single(Linter.Run(set, new LintOptions { Checks = [CheckCatalog.Find("host-network-port-mismatch")!] }).Findings);
        Assert.Equal(expected, $"{finding.Severity.ToString().ToUpperInvariant()} {finding.Message}");
    }

    private static string Said(string manifests, int? nodes, params string[] checks) => string.Join('\n', Linter.Run(
        ManifestText.Read(manifests),
        new LintOptions { Checks = [.. checks.Select(static id => CheckCatalog.Find(id)!)], Assumptions = new() { NodeCount = nodes } })
        .Findings.Select(static finding => $"{finding.Check.Id}: {finding.Message}"));
}
