using FsCheck;
using FsCheck.Fluent;

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

    [Fact]
    public void Pods_of_one_node_at_other_addresses_do_not_hide_each_other()
    {
        string[] objects =
        [
            Pinned("a", "n1", "{hostPort: 8080, hostIP: 192.0.2.1}"), Pinned("b", "n1", "{hostPort: 8080, hostIP: 192.0.2.2}"),
            DaemonSet("d", "{hostPort: 8080, hostIP: 192.0.2.2}"),
        ];

        Finding finding = Assert.Single(Collisions(objects));
        Assert.Equal(("DaemonSet default/d", "Pod default/b", FindingSeverity.Error), Pair(finding));
        Assert.Contains("on node n1 the second never runs: the kubelet fails the pod that names the node", finding.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a", "c-b Error, b-a Error suppressed")]
    [InlineData("b", "b-a Error suppressed, c-a Error")]
    [InlineData("c", "b-a Error, c-a Error suppressed")]
    [InlineData("ab", "b-a Error suppressed, c-a Error suppressed")]
    public void An_annotation_hides_the_collisions_of_its_object_and_no_others(string annotated, string expected)
    {
        string[] objects = [.. ((string[])["a", "b", "c"]).Select(name => DaemonSet(name, "{hostPort: 8080}").Replace(
            $"{{name: {name}}}",
            annotated.Contains(name, StringComparison.Ordinal)
                ? $"{{name: {name}, annotations: {{berth.dev/lint-ignore: \"host-port-collision: only in the lab\"}}}}" : $"{{name: {name}}}",
            StringComparison.Ordinal))];

        Assert.Equal(Sorted(expected.Split(", ")), Sorted(Collisions(objects).Select(Short)));
    }

    [Theory]
    [InlineData("Deployment a, DaemonSet b, Deployment c", "b-a Error, c-b Error")]
    [InlineData("Deployment a, Deployment b, DaemonSet c", "c-a Error, b-c Error")]
    [InlineData("DaemonSet a, Deployment b, Deployment c", "b-a Error, c-a Error")]
    [InlineData("Deployment a, Deployment b, Deployment c", "b-a Warning, c-a Warning")]
    public void Every_object_that_must_collide_is_in_an_error_whatever_the_order(string kinds, string expected)
    {
        string[] objects = [.. kinds.Split(", ").Select(static text => text.Split(' ')).Select(static words =>
            DaemonSet(words[1], "{hostPort: 8080}").Replace("DaemonSet", words[0], StringComparison.Ordinal))];

        Assert.Equal(Sorted(expected.Split(", ")), Sorted(Collisions(objects).Select(Short)));
    }

    [Fact]
    public void A_daemon_set_that_meets_many_pods_is_an_error_at_each_of_them() =>
        Assert.Equal(
            ["d-p0 Error", "p1-d Error", "p2-d Error", "p3-d Error"],
            Sorted(Collisions(
                [.. Enumerable.Range(0, 4).Select(static number => Pinned($"p{number}", $"n{number}", "{hostPort: 8080}")), DaemonSet("d", "{hostPort: 8080}")])
                .Select(Short)));

    [Fact]
    public void Whatever_must_collide_is_found_and_nothing_else()
    {
        // Against every pair, for any objects: kinds, addresses, nodes, selectors and annotations.
        Gen<string> workload =
            from kind in Gen.Elements("DaemonSet", "Deployment")
            from address in Gen.Elements("", ", hostIP: 192.0.2.1", ", hostIP: 192.0.2.2")
            from place in Gen.Elements(
                "hostPID: false", "nodeName: n1", "nodeName: n2", "nodeSelector: {a: one}", "nodeSelector: {a: two, b: one}", "nodeSelector: {b: two}",
                "nodeSelector: {kubernetes.io/hostname: n1}")
            from ignores in Gen.Elements("", "", ", annotations: {berth.dev/lint-ignore: \"host-port-collision: meant\"}")
            select DaemonSet("NAME", $"{{hostPort: 80{address}}}").Replace("DaemonSet", kind, StringComparison.Ordinal)
                .Replace("{name: NAME}", $"{{name: NAME{ignores}}}", StringComparison.Ordinal)
                .Replace("containers:", $"{place}\n      containers:", StringComparison.Ordinal);

        Prop.ForAll(Gen.ListOf(workload).Select(static list => list.Take(8).ToList()).ToArbitrary(), workloads =>
        {
            string[] objects = [.. workloads.Select(static (text, number) => text.Replace("NAME", $"w{number}", StringComparison.Ordinal))];
            List<Finding> found = objects.Length == 0 ? [] : Collisions(objects);
            for (int i = 0; i < objects.Length; i++)
            {
                // What the object must and may collide with, of one other at a time.
                Finding[] pairs =
                    [.. Enumerable.Range(0, objects.Length).Where(j => j != i).SelectMany(j => Collisions(objects[Math.Min(i, j)], objects[Math.Max(i, j)]))];
                string name = $"w{i}";
                Finding[] own = [.. found.Where(finding => finding.Object.Metadata.Name.Value == name || finding.Related[0].Object.Metadata.Name.Value == name)];
                Assert.Equal(pairs.Select(Rank).DefaultIfEmpty().Max(), own.Select(Rank).DefaultIfEmpty().Max());
            }

            return found.Count <= objects.Length;
        }).QuickCheckThrowOnFailure();
    }

    private static int Rank(Finding finding) =>
        (finding.Suppression is null ? 2 : 0) + (finding.Severity == FindingSeverity.Error ? 2 : 1);

    private static (string, string, FindingSeverity) Pair(Finding finding) =>
        (finding.Object.ToString(), finding.Related[0].Object.ToString(), finding.Severity);

    private static string Short(Finding finding) =>
        $"{finding.Object.Metadata.Name}-{finding.Related[0].Object.Metadata.Name} {finding.Severity}{(finding.Suppression is null ? "" : " suppressed")}";

    private static IEnumerable<string> Sorted(IEnumerable<string> texts) => texts.Order(StringComparer.Ordinal);

    private static List<Finding> Collisions(params string[] objects)
    {
        ManifestSet set = ManifestText.Read(string.Join("---\n", objects));
        Assert.Empty(set.Diagnostics);
        return [.. Lint(set).Findings];
    }

    internal static LintResult Lint(ManifestSet set) =>
        Linter.Run(set, new LintOptions { Checks = [CheckCatalog.Find("host-port-collision")!], Severity = FindingSeverity.Note });

    private static string Pinned(string name, string node, string port) => DaemonSet(name, port)
        .Replace("apiVersion: apps/v1\nkind: DaemonSet", "kind: Pod", StringComparison.Ordinal)
        .Replace("spec:\n  template:\n    spec:\n      containers:", $"spec:\n      nodeName: {node}\n      containers:", StringComparison.Ordinal);

    internal static string DaemonSet(string name, string port)
    {
        string fields = port == "{}" ? "{containerPort: 8080}" : $"{{containerPort: 8080, {port[1..]}";
        return $"apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {{name: {name}}}\nspec:\n  template:\n    spec:\n      containers:\n"
            + $"      - name: c\n        ports: [{fields}]\n";
    }
}
