namespace Berth.Manifests.Tests.Checks;

/// <summary>Which objects collide: the scheduler's comparison, and who is one object.</summary>
public sealed class CollisionTests
{
    [Theory]
    [InlineData("{hostPort: 80}", "{hostPort: 80}", true)]
    [InlineData("{hostPort: 80}", "{hostPort: 81}", false)]
    [InlineData("{hostPort: 80}", "{hostPort: 80, protocol: UDP}", false)]
    [InlineData("{hostPort: 80}", "{hostPort: 80, protocol: TCP, hostIP: 192.0.2.1}", true)]
    [InlineData("{hostPort: 80, hostIP: 192.0.2.2}", "{hostPort: 80, hostIP: 192.0.2.1}", false)]
    [InlineData("{hostPort: 80, hostIP: 192.0.2.1}", "{hostPort: 80, hostIP: 192.0.2.1}", true)]
    [InlineData("{hostPort: 80, hostIP: 0.0.0.0}", "{hostPort: 80, hostIP: '2001:db8::1'}", true)]
    [InlineData("{hostPort: 80, hostIP: '::'}", "{hostPort: 80, hostIP: '2001:db8::1'}", false)]
    [InlineData("{hostPort: 80, hostIP: '2001:db8::1'}", "{hostPort: 80, hostIP: '2001:DB8::1'}", false)]
    public void Ports_collide_as_the_scheduler_compares_them(string one, string two, bool collide)
    {
        Assert.Equal(collide ? 1 : 0, Collisions(DaemonSet("a", one), DaemonSet("b", two)).Count);
        Assert.Equal(collide ? 1 : 0, Collisions(DaemonSet("b", two), DaemonSet("a", one)).Count);
    }

    [Fact]
    public void With_host_network_the_container_port_collides_in_templates_too()
    {
        string host = DaemonSet("a", "{}").Replace("containers:", "hostNetwork: true\n      containers:", StringComparison.Ordinal);

        Assert.Contains("hostNetwork port TCP 8080", Assert.Single(Collisions(host, DaemonSet("b", "{hostPort: 8080}"))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Always", 1)]
    [InlineData("OnFailure", 0)]
    public void Of_init_containers_sidecars_alone_count(string restart, int collisions)
    {
        string init = DaemonSet("a", "{hostPort: 80}")
            .Replace("containers:", "initContainers:", StringComparison.Ordinal)
            .Replace("- name: c", $"- name: c\n        restartPolicy: {restart}", StringComparison.Ordinal);

        Assert.Equal(collisions, Collisions(init, DaemonSet("b", "{hostPort: 80}")).Count);
    }

    [Fact]
    public void The_same_object_twice_is_one_object() =>
        Assert.Empty(Collisions(DaemonSet("a", "{hostPort: 80}"), DaemonSet("a", "{hostPort: 80}")));

    [Fact]
    public void What_is_scaled_to_nothing_or_has_ended_holds_no_port()
    {
        string scaled = DaemonSet("a", "{hostPort: 80}")
            .Replace("DaemonSet", "Deployment", StringComparison.Ordinal).Replace("spec:\n  template", "spec:\n  replicas: 0\n  template", StringComparison.Ordinal);
        const string Ended = "kind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: c, ports: [{containerPort: 1, hostPort: 80}]}]}\nstatus: {phase: Succeeded}\n";

        Assert.Empty(Collisions(scaled, DaemonSet("b", "{hostPort: 80}"), Ended));
    }

    [Fact]
    public void Of_what_a_cluster_prints_the_controller_stands_for_its_pods()
    {
        const string Pod = """
            kind: Pod
            metadata: {name: b-x, ownerReferences: [{kind: DaemonSet, name: b, controller: true}]}
            spec: {nodeName: n1, containers: [{name: c, ports: [{containerPort: 80, hostPort: 80}]}]}
            status: {phase: Running}

            """;

        Assert.Empty(Collisions(DaemonSet("b", "{hostPort: 80}"), Pod));
        // Of one controller that is not there, two pods are no two objects.
        Assert.Empty(Collisions(Pod, Pod.Replace("b-x", "b-y", StringComparison.Ordinal)));
        Assert.Single(Collisions(Pod, DaemonSet("c", "{hostPort: 80}")));
    }

    [Theory]
    [InlineData("DaemonSet", "Deployment", "", FindingSeverity.Error)]
    [InlineData("Deployment", "Deployment", "", FindingSeverity.Warning)]
    [InlineData("Deployment", "Deployment", "nodeName: n1", FindingSeverity.Error)]
    public void It_is_an_error_where_it_must_happen(string one, string two, string pod, FindingSeverity severity)
    {
        string[] objects =
        [
            .. ((string[])[one, two]).Select((kind, index) => DaemonSet($"w{index}", "{hostPort: 80}")
                .Replace("DaemonSet", kind, StringComparison.Ordinal)
                .Replace("containers:", $"{(pod.Length == 0 ? "hostPID: false" : pod)}\n      containers:", StringComparison.Ordinal)),
        ];

        Assert.Equal(severity, Assert.Single(Collisions(objects)).Severity);
    }

    [Fact]
    public void Taints_of_known_nodes_keep_objects_apart()
    {
        const string Nodes = """
            kind: Node
            metadata: {name: plain}
            ---
            kind: Node
            metadata: {name: gpu, labels: {gpu: "yes"}}
            spec: {taints: [{key: gpu, effect: NoSchedule}]}

            """;
        string picky = DaemonSet("a", "{hostPort: 80}").Replace(
            "containers:", "nodeSelector: {gpu: \"yes\"}\n      tolerations: [{key: gpu, operator: Exists}]\n      containers:", StringComparison.Ordinal);

        Assert.Empty(Collisions(Nodes, picky, DaemonSet("b", "{hostPort: 80}")));
        Assert.Single(Collisions(picky, DaemonSet("b", "{hostPort: 80}")));
    }

    [Fact]
    public void Every_further_object_is_one_finding_not_one_for_each_pair() =>
        Assert.Equal(99, Collisions([.. Enumerable.Range(0, 100).Select(static number => DaemonSet($"d{number}", "{hostPort: 80}"))]).Count);

    private static List<Finding> Collisions(params string[] objects)
    {
        ManifestSet set = ManifestText.Read(string.Join("---\n", objects));
        Assert.Empty(set.Diagnostics);
        LintOptions options = new() { Checks = [CheckCatalog.Find("host-port-collision")!], Severity = FindingSeverity.Note };
        return [.. Linter.Run(set, options).Findings];
    }

    private static string DaemonSet(string name, string port)
    {
        string fields = port == "{}" ? "{containerPort: 8080}" : $"{{containerPort: 8080, {port[1..]}";
        return $"apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {{name: {name}}}\nspec:\n  template:\n    spec:\n      containers:\n"
            + $"      - name: c\n        ports: [{fields}]\n";
    }
}
