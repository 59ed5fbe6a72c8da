using FsCheck;
using FsCheck.Fluent;

namespace Berth.Manifests.Tests.Scheduling;

/// <summary>
/// The simulation against a second, simple account of the scheduler's rules, which knows the generated cluster and not what was
/// read of it: every pod that lands may land there, every pod that stays Pending may land nowhere, and the counts of the
/// message are those of the nodes.
/// </summary>
public sealed class FitProperties
{
    private static readonly Gen<Port> AnyPort =
        from container in Gen.Choose(1, 3)
        from host in Gen.Frequency((2, Gen.Constant(0)), (5, Gen.Choose(1, 3)))
        from address in Gen.Elements("", "", "", "0.0.0.0", "192.0.2.1", "192.0.2.2", "::")
        from protocol in Gen.Elements("", "TCP", "UDP")
        select new Port(container, host, address, protocol);

    private static readonly Gen<Pod> AnyPod =
        from main in Gen.ListOf(AnyPort, 2)
        from init in Gen.ListOf(AnyPort, 1)
        from restarts in Gen.Elements(true, false)
        from hostNetwork in Gen.Elements(true, false, false)
        from zone in Gen.Elements("", "", "a", "b")
        from tolerates in Gen.Elements(true, false)
        from forced in Gen.Frequency((8, Gen.Constant(0)), (1, Gen.Choose(1, 4)))
        from copies in Gen.Choose(1, 3)
        select new Pod([.. main], [.. init], restarts, hostNetwork, zone, tolerates, forced, copies);

    private static readonly Gen<Cluster> AnyCluster =
        from nodes in Gen.ListOf(
            from zone in Gen.Elements("a", "b")
            from tainted in Gen.Elements(true, false, false)
            from cordoned in Gen.Frequency((6, Gen.Constant(false)), (1, Gen.Constant(true)))
            select new Machine(zone, tainted, cordoned), 4)
        from count in Gen.Choose(1, 4)
        from pods in Gen.ListOf(AnyPod, 6)
        select new Cluster([.. nodes.Take(count)], [.. pods]);

    [Fact]
    public void Every_pod_lands_where_the_rules_allow_it_and_stays_pending_only_where_they_do_not() => FsCheck.Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(1000),
        Prop.ForAll(Arb.From(AnyCluster), static cluster => { Compare(cluster); }));

    private static void Compare(Cluster cluster)
    {
        FitResult result = FitText.Run(cluster.ToYaml());
        List<HashSet<string>> used = [.. cluster.Nodes.Select(static _ => new HashSet<string>())];
        Assert.Equal(cluster.Pods.Sum(static pod => pod.Forced > 0 || pod.IsRefused() ? 1 : pod.Copies), result.Pods.Count);
        foreach (FitPod placed in result.Pods)
        {
            Pod pod = cluster.Pods[int.Parse(placed.Owner.Metadata.Name.Value[1..])];
            Assert.Equal(pod.IsRefused(), placed.Outcome == FitOutcome.Refused);
            if (placed.Outcome == FitOutcome.Refused)
            {
                Assert.Null(placed.Node);
                continue;
            }

            List<string> why = [.. cluster.Nodes.Select((node, i) => Why(pod, node, used[i]))];
            if (placed.Node is not null)
            {
                int at = int.Parse(placed.Node[1..]);
                Assert.Equal(
                    placed.Fits,
                    pod.Forced > 0 ? IsFree(pod, used[at]) && (pod.Zone.Length == 0 || pod.Zone == cluster.Nodes[at].Zone) : why[at].Length == 0);
                if (placed.Fits)
                {
                    used[at].UnionWith(pod.Claims().Select(static claim => $"{claim.Address} {claim.Protocol} {claim.Port}"));
                }
            }
            else if (pod.Forced == 0)
            {
                Assert.DoesNotContain("", why);
                foreach (IGrouping<string, string> reason in why.GroupBy(static reason => reason))
                {
                    Assert.Contains($"{reason.Count()} node(s) {reason.Key}", placed.Message, StringComparison.Ordinal);
                }

                Assert.Equal(why.Count(static reason => reason.Contains("ports", StringComparison.Ordinal)), placed.HeldPorts.Select(static port => port.Node).Distinct().Count());
            }
            else
            {
                Assert.True(pod.Forced > cluster.Nodes.Count);
            }
        }
    }

    private static string Why(Pod pod, Machine node, HashSet<string> used) =>
        node.IsCordoned ? "were unschedulable"
        : node.IsTainted && !pod.Tolerates ? "had untolerated taint(s)"
        : pod.Zone.Length > 0 && pod.Zone != node.Zone ? "didn't match Pod's node affinity/selector"
        : IsFree(pod, used) ? ""
        : "didn't have free ports for the requested pod ports";

    private static bool IsFree(Pod pod, HashSet<string> used) => pod.Claims().All(claim => claim.Address == "0.0.0.0"
        ? !used.Any(other => other.EndsWith($" {claim.Protocol} {claim.Port}", StringComparison.Ordinal))
        : !used.Contains($"0.0.0.0 {claim.Protocol} {claim.Port}") && !used.Contains($"{claim.Address} {claim.Protocol} {claim.Port}"));

    private sealed record Machine(string Zone, bool IsTainted, bool IsCordoned);

    private sealed record Port(int Container, int Host, string Address, string Protocol)
    {
        public override string ToString() => $"{{containerPort: {Container}"
            + (Host > 0 ? $", hostPort: {Host}" : "")
            + (Address.Length > 0 ? $", hostIP: \"{Address}\"" : "")
            + (Protocol.Length > 0 ? $", protocol: {Protocol}}}" : "}");
    }

    private sealed record Pod(
        Port[] Main, Port[] Init, bool InitRestarts, bool IsHostNetwork, string Zone, bool Tolerates, int Forced, int Copies)
    {
        public IEnumerable<(string Address, string Protocol, int Port)> Claims() =>
            from port in InitRestarts ? Main.Concat(Init) : Main
            let number = port.Host > 0 ? port.Host : IsHostNetwork ? port.Container : 0
            where number > 0
            select (
                port.Address.Length > 0 ? port.Address : "0.0.0.0", port.Protocol.Length > 0 ? port.Protocol : "TCP", number);

        // With its own hostNetwork default, which the API server puts in before it compares.
        public bool IsRefused() =>
            (IsHostNetwork && Main.Any(static port => port.Host > 0 && port.Host != port.Container))
            || Main.Select(port => (port.Protocol == "UDP", port.Address, Number: port.Host > 0 ? port.Host : IsHostNetwork ? port.Container : 0))
                .Where(static key => key.Number > 0).GroupBy(static key => key).Any(static group => group.Count() > 1);

        public string ToYaml(int number)
        {
            string spec = $"""
                hostNetwork: {(IsHostNetwork ? "true" : "false")}
                containers: [{"{"}name: main, ports: [{string.Join<Port>(", ", Main)}]{"}"}]
                initContainers: [{"{"}name: init, {(InitRestarts ? "restartPolicy: Always, " : "")}ports: [{string.Join<Port>(", ", Init)}]{"}"}]
                """
                + (Zone.Length > 0 ? $"\nnodeSelector: {{zone: {Zone}}}" : "")
                + (Tolerates ? "\ntolerations: [{key: t, operator: Exists}]" : "")
                + (Forced > 0 ? $"\nnodeName: m{Forced - 1}" : "");
            return Forced > 0
                ? $"---\nkind: Pod\nmetadata: {{name: p{number}}}\nspec:\n  {spec.Replace("\n", "\n  ", StringComparison.Ordinal)}\n"
                : $"---\napiVersion: apps/v1\nkind: StatefulSet\nmetadata: {{name: p{number}}}\nspec:\n  replicas: {Copies}\n  template:\n"
                    + $"    spec:\n      {spec.Replace("\n", "\n      ", StringComparison.Ordinal)}\n";
        }
    }

    private sealed record Cluster(IReadOnlyList<Machine> Nodes, IReadOnlyList<Pod> Pods)
    {
        public string ToYaml() => string.Concat(Nodes.Select(static (node, i) => FitText.Node(
                $"m{i}",
                $"{{unschedulable: {(node.IsCordoned ? "true" : "false")}, taints: [{(node.IsTainted ? "{key: t, value: v, effect: NoSchedule}" : "")}]}}",
                $"zone: {node.Zone}")))
            + string.Concat(Pods.Select(static (pod, i) => pod.ToYaml(i)));

        public override string ToString() => ToYaml();
    }
}
