using Berth.Manifests;

namespace Berth.Lab.Tests.Scheduling;

public sealed class PodControllerTests
{
    private const string NoFreePorts = "0/2 nodes are available: 2 node(s) didn't have free ports for the requested pod ports.";

    [Fact]
    public void A_pod_whose_port_is_taken_stays_Pending_and_the_holder_is_named()
    {
        PodController controller = Controller("""
            - { apiVersion: apps/v1, kind: DaemonSet, metadata: { name: edge }, spec: { template: { spec: { containers: [{ name: c, image: echo, ports: [{ containerPort: 80, hostPort: 80 }] }] } } } }
            - { apiVersion: v1, kind: Pod, metadata: { name: late }, spec: { containers: [{ name: c, image: echo, ports: [{ containerPort: 80, hostPort: 80 }] }] } }
            """);
        Run(controller);

        PodRecord late = controller.Pods.Single(static pod => pod.Name == "late");
        Assert.Equal((PodPhase.Pending, "Unschedulable"), (late.Phase, late.Reason));
        Assert.StartsWith(NoFreePorts, late.Message, StringComparison.Ordinal);
        Assert.Equal(["edge-1", "edge-2"], late.HeldPorts.Select(static port => port.Holder.Name));
    }

    [Fact]
    public void DaemonSets_have_one_pod_a_node_and_Deployments_as_many_as_they_say()
    {
        PodController controller = Controller("""
            - { apiVersion: apps/v1, kind: DaemonSet, metadata: { name: edge }, spec: { template: { spec: { containers: [{ name: c, image: echo }] } } } }
            - { apiVersion: apps/v1, kind: Deployment, metadata: { name: web }, spec: { replicas: 3, template: { spec: { containers: [{ name: c, image: echo }] } } } }
            """);
        Run(controller);

        Assert.Equal(
            ["edge-1 on n1", "edge-2 on n2", "web-1 on n1", "web-2 on n2", "web-3 on n1"],
            controller.Pods.Select(static pod => $"{pod.Name} on {pod.NodeName}"));
        Assert.Empty(controller.Decide());
    }

    [Fact]
    public void Labels_of_nodes_decide_where_pods_may_be_and_ports_among_those()
    {
        LabFile lab = LabText.Lab("""
            nodes: [{ name: n1 }, { name: n2, labels: { disk: ssd } }]
            manifests:
              - { apiVersion: v1, kind: Pod, metadata: { name: first }, spec: { nodeSelector: { disk: ssd }, containers: [{ name: c, image: echo, ports: [{ containerPort: 80, hostPort: 80 }] }] } }
              - { apiVersion: v1, kind: Pod, metadata: { name: second }, spec: { nodeSelector: { disk: ssd }, containers: [{ name: c, image: echo, ports: [{ containerPort: 80, hostPort: 80 }] }] } }
              - { apiVersion: v1, kind: Pod, metadata: { name: third }, spec: { containers: [{ name: c, image: echo, ports: [{ containerPort: 80, hostPort: 80 }] }] } }
              - { apiVersion: v1, kind: Pod, metadata: { name: fourth }, spec: { nodeSelector: { kubernetes.io/hostname: n1 }, containers: [{ name: c, image: echo }] } }
            """);
        PodController controller = Controller(lab);
        Run(controller);

        Assert.Equal(
            ["first Running on n2", "second Pending on ", "third Running on n1", "fourth Running on n1"],
            controller.Pods.Select(static pod => $"{pod.Name} {pod.Phase} on {pod.NodeName}"));
        Assert.Equal("first", Assert.Single(controller.Pods[1].HeldPorts).Holder.Name);
    }

    [Fact]
    public void A_forced_pod_fails_and_its_controller_tries_again_until_the_bound()
    {
        PodController controller = Controller("""
            - { apiVersion: v1, kind: Pod, metadata: { name: first }, spec: { nodeName: n1, containers: [{ name: c, image: echo, ports: [{ containerPort: 80, hostPort: 80 }] }] } }
            - { apiVersion: apps/v1, kind: Deployment, metadata: { name: web }, spec: { template: { spec: { nodeName: n1, containers: [{ name: c, image: echo, ports: [{ containerPort: 80, hostPort: 80 }] }] } } } }
            """);
        Run(controller);
        PodRecord[] failed = [.. controller.Pods.Where(static pod => pod.Phase == PodPhase.Failed)];

        Assert.Equal(["web-1", "web-2", "web-3"], failed.Select(static pod => pod.Name));
        Assert.All(failed, static pod => Assert.Equal(
            ("NodePorts", "Pod was rejected: Predicate NodePorts failed: node(s) didn't have free ports for the requested pod ports"),
            (pod.Reason, pod.Message)));

        // It goes on being so; and the next one runs when the port is free.
        Run(controller);
        Assert.Equal(3, controller.Pods.Count(static pod => pod.Phase == PodPhase.Failed));
        controller.Delete("Pod", "default", "first");
        foreach (PodRecord gone in controller.Superfluous())
        {
            controller.Remove(gone);
        }

        Assert.Equal("web-4", Assert.Single(controller.Decide()).Name);
    }

    [Fact]
    public void Who_waits_for_the_port_that_a_forced_pod_wanted_too_is_sent_to_the_node_and_rejected()
    {
        PodController controller = Controller("""
            - { apiVersion: v1, kind: Pod, metadata: { name: first }, spec: { nodeSelector: { kubernetes.io/hostname: n1 }, containers: [{ name: c, image: echo, ports: [{ containerPort: 80, hostPort: 80 }, { containerPort: 81, hostPort: 81 }] }] } }
            - { apiVersion: v1, kind: Pod, metadata: { name: other }, spec: { nodeSelector: { kubernetes.io/hostname: n2 }, containers: [{ name: c, image: echo, ports: [{ containerPort: 80, hostPort: 80 }] }] } }
            - { apiVersion: v1, kind: Pod, metadata: { name: waits }, spec: { containers: [{ name: c, image: echo, ports: [{ containerPort: 80, hostPort: 80 }] }] } }
            - { apiVersion: v1, kind: Pod, metadata: { name: both }, spec: { nodeSelector: { kubernetes.io/hostname: n1 }, containers: [{ name: c, image: echo, ports: [{ containerPort: 80, hostPort: 80 }, { containerPort: 81, hostPort: 81 }] }] } }
            """);
        Run(controller);
        Assert.Equal(
            ["first Running", "other Running", "waits Pending", "both Pending"], controller.Pods.Select(static pod => $"{pod.Name} {pod.Phase}"));

        controller.Apply(Workloads("""
            - { apiVersion: v1, kind: Pod, metadata: { name: forced }, spec: { nodeName: n1, containers: [{ name: c, image: echo, ports: [{ containerPort: 80, hostPort: 80 }] }] } }
            """)[0]);
        Run(controller);
        PodRecord waits = controller.Pods.Single(static pod => pod.Name == "waits");
        Assert.Equal(
            (PodPhase.Failed, "NodePorts", "n1", "Pod was rejected: Predicate NodePorts failed: node(s) didn't have free ports for the requested pod ports"),
            (waits.Phase, waits.Reason, waits.NodeName, waits.Message));
        Assert.Equal("first", Assert.Single(waits.HeldPorts).Holder.Name);

        // Of the other port the scheduler still knows.
        Assert.Equal(PodPhase.Pending, controller.Pods.Single(static pod => pod.Name == "both").Phase);

        // And of the port itself, when another pod has it.
        controller.Delete("Pod", "default", "first");
        foreach (PodRecord gone in controller.Superfluous())
        {
            controller.Remove(gone);
        }

        Run(controller);
        Assert.Equal(PodPhase.Running, controller.Pods.Single(static pod => pod.Name == "both").Phase);
        controller.Apply(Workloads("""
            - { apiVersion: v1, kind: Pod, metadata: { name: late }, spec: { containers: [{ name: c, image: echo, ports: [{ containerPort: 80, hostPort: 80 }] }] } }
            """)[0]);
        Run(controller);
        Assert.Equal(PodPhase.Pending, controller.Pods.Single(static pod => pod.Name == "late").Phase);
    }

    [Fact]
    public void Of_a_port_at_another_address_than_that_of_the_forced_pod_the_scheduler_knows_on()
    {
        PodController controller = Controller("""
            - { apiVersion: v1, kind: Pod, metadata: { name: first }, spec: { nodeName: n1, containers: [{ name: c, image: echo, ports: [{ containerPort: 80, hostPort: 80, hostIP: 192.0.2.11 }] }] } }
            - { apiVersion: v1, kind: Pod, metadata: { name: forced }, spec: { nodeName: n1, containers: [{ name: c, image: echo, ports: [{ containerPort: 80, hostPort: 80 }] }] } }
            - { apiVersion: v1, kind: Pod, metadata: { name: waits }, spec: { nodeSelector: { kubernetes.io/hostname: n1 }, containers: [{ name: c, image: echo, ports: [{ containerPort: 80, hostPort: 80 }] }] } }
            """);
        Run(controller);

        Assert.Equal(["first Running", "forced Failed", "waits Pending"], controller.Pods.Select(static pod => $"{pod.Name} {pod.Phase}"));
    }

    [Fact]
    public void A_forced_Pod_without_a_controller_fails_once()
    {
        PodController controller = Controller("""
            - { apiVersion: v1, kind: Pod, metadata: { name: first }, spec: { nodeName: n1, containers: [{ name: c, image: echo, ports: [{ containerPort: 80, hostPort: 80 }] }] } }
            - { apiVersion: v1, kind: Pod, metadata: { name: second }, spec: { nodeName: n1, containers: [{ name: c, image: echo, ports: [{ containerPort: 80, hostPort: 80 }] }] } }
            """);
        Run(controller);
        Run(controller);

        Assert.Equal(["first Running", "second Failed"], controller.Pods.Select(static pod => $"{pod.Name} {pod.Phase}"));
    }

    [Fact]
    public void Who_applies_a_workload_again_or_scales_it_leaves_the_pods_alone_that_stay_and_of_more_than_are_wanted_the_last_go()
    {
        PodController controller = Controller(Deployment(replicas: 1, port: 80));
        Run(controller);
        PodRecord first = Assert.Single(controller.Pods);

        // The same in other words: other places, another order, other quotes, fields that say nothing.
        Apply(controller, """
            - apiVersion: apps/v1
              kind: Deployment
              metadata: { name: web, annotations: { a: b } }
              spec:
                template:
                  spec: { volumes: [], nodeName: null, containers: [{ ports: [{ containerPort: 0x50 }], "image": 'echo', name: c }] }
                  metadata: { creationTimestamp: null }
            """);
        Assert.Empty(controller.Superfluous());
        Assert.Empty(controller.Decide());

        // As the API server prints it, with the defaults written out.
        Apply(controller, """
            - apiVersion: apps/v1
              kind: Deployment
              metadata: { name: web }
              spec:
                replicas: 1
                template:
                  metadata: { creationTimestamp: null }
                  spec:
                    containers:
                      - { name: c, image: echo, imagePullPolicy: Always, ports: [{ containerPort: 80, hostIP: "", protocol: TCP }], resources: {}, terminationMessagePath: /dev/termination-log, terminationMessagePolicy: File }
                    dnsPolicy: ClusterFirst
                    enableServiceLinks: true
                    restartPolicy: Always
                    schedulerName: default-scheduler
                    securityContext: {}
                    terminationGracePeriodSeconds: 30
            """);
        Assert.Empty(controller.Superfluous());
        Assert.Empty(controller.Decide());

        Apply(controller, Deployment(replicas: 3, port: 80));
        Assert.Empty(controller.Superfluous());
        Run(controller);
        Assert.Equal(["web-1", "web-2", "web-3"], controller.Pods.Select(static pod => pod.Name));
        Assert.Same(first, controller.Pods[0]);

        Apply(controller, Deployment(replicas: 1, port: 80));
        Assert.Equal(["web-2", "web-3"], RemoveSuperfluous(controller));
        Assert.Empty(controller.Decide());
        Assert.Same(first, Assert.Single(controller.Pods));

        // Its workload is the one that was applied last.
        Assert.True(controller.Delete("Deployment", "default", "web"));
        Assert.Equal(["web-1"], RemoveSuperfluous(controller));
    }

    [Fact]
    public void Of_more_pods_than_are_wanted_those_go_first_that_are_not_ready_and_of_a_StatefulSet_those_with_the_highest_numbers()
    {
        const string Manifests = """
            - { apiVersion: apps/v1, kind: ReplicaSet, metadata: { name: web }, spec: { replicas: {0}, template: { spec: { containers: [{ name: c, image: echo }] } } } }
            - { apiVersion: apps/v1, kind: StatefulSet, metadata: { name: db }, spec: { replicas: {0}, template: { spec: { containers: [{ name: c, image: echo }] } } } }
            """;
        PodController controller = Controller(Manifests.Replace("{0}", "3", StringComparison.Ordinal));
        Run(controller);
        foreach (PodRecord pod in controller.Pods)
        {
            pod.Address = System.Net.IPAddress.Loopback;
            pod.Reason = pod.Name == "web-1" ? "CrashLoopBackOff" : null;
        }

        // db-0 comes anew, and so last.
        controller.Remove(controller.Pods.Single(static pod => pod.Name == "db-0"));
        Run(controller);
        Assert.Equal("db-0", controller.Pods[^1].Name);

        Apply(controller, Manifests.Replace("{0}", "1", StringComparison.Ordinal));
        Assert.Equal(["web-3", "web-1", "db-1", "db-2"], RemoveSuperfluous(controller));
        Assert.Equal(["web-2", "db-0"], controller.Pods.Select(static pod => pod.Name));
    }

    [Theory]
    [InlineData("apps/v1", "Deployment", "", true)]
    [InlineData("apps/v1", "StatefulSet", "", true)]
    [InlineData("apps/v1", "DaemonSet", "updateStrategy: { type: RollingUpdate }, ", true)]
    [InlineData("apps/v1", "DaemonSet", "updateStrategy: { type: OnDelete }, ", false)]
    [InlineData("apps/v1", "ReplicaSet", "", false)]
    [InlineData("v1", "ReplicationController", "", false)]
    public void A_workload_with_another_template_gets_other_pods_unless_it_leaves_those_that_there_are(string version, string kind, string strategy, bool isReplaced)
    {
        string Manifest(string memory) => $$"""
            - { apiVersion: {{version}}, kind: {{kind}}, metadata: { name: web }, spec: { {{strategy}}template: { metadata: { labels: { memory: {{memory}} } }, spec: { nodeSelector: { kubernetes.io/hostname: n1 }, containers: [{ name: c, image: echo, resources: { limits: { memory: {{memory}} } } }] } } } }
            """;
        PodController controller = Controller(Manifest("64Mi"));
        Run(controller);
        PodRecord former = Assert.Single(controller.Pods);

        Apply(controller, Manifest("128Mi"));
        Assert.Equal(isReplaced ? [former.Name] : [], RemoveSuperfluous(controller));
        Assert.Equal(isReplaced ? 1 : 0, controller.Decide().Count);
        Assert.Equal(isReplaced ? "128Mi" : "64Mi", controller.Pods[0].Template.Labels["memory"].Value);

        // Where it stays, the next one is of the new template.
        controller.Remove(controller.Pods[0]);
        Assert.Equal("128Mi", Assert.Single(controller.Decide()).Template.Labels["memory"].Value);
    }

    [Fact]
    public void A_Pod_that_is_applied_with_other_labels_goes_on_and_has_them()
    {
        string Pod(string app) => $$"""
            - { apiVersion: v1, kind: Pod, metadata: { name: web, labels: { app: {{app}} } }, spec: { containers: [{ name: c, image: echo }] } }
            """;
        PodController controller = Controller(Pod("one"));
        Run(controller);
        PodRecord pod = Assert.Single(controller.Pods);

        Apply(controller, Pod("two"));
        Assert.Empty(controller.Superfluous());
        Assert.Empty(controller.Decide());
        Assert.Equal("two", pod.Template.Labels["app"].Value);
    }

    [Fact]
    public void A_pod_that_is_made_anew_is_another_one_and_one_that_waits_stays_the_same()
    {
        PodController controller = Controller("""
            - { apiVersion: v1, kind: Pod, metadata: { name: first }, spec: { nodeSelector: { kubernetes.io/hostname: n1 }, containers: [{ name: c, image: echo, ports: [{ containerPort: 80, hostPort: 80 }] }] } }
            - { apiVersion: v1, kind: Pod, metadata: { name: waits }, spec: { nodeSelector: { kubernetes.io/hostname: n1 }, containers: [{ name: c, image: echo, ports: [{ containerPort: 80, hostPort: 80 }] }] } }
            - { apiVersion: apps/v1, kind: Deployment, metadata: { name: web }, spec: { template: { spec: { containers: [{ name: c, image: echo }] } } } }
            """);
        Run(controller);
        string waiting = Find("waits").Uid;
        (string Uid, string ContainerId) former = (Find("web-1").Uid, Find("web-1").ContainerId);
        Assert.Matches("^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$", former.Uid);
        Assert.Matches("^[0-9a-f]{64}$", former.ContainerId);

        controller.Remove(Find("web-1"));
        Run(controller);
        Assert.NotEqual(former.Uid, Find("web-1").Uid);
        Assert.NotEqual(former.ContainerId, Find("web-1").ContainerId);
        Assert.Equal(waiting, Find("waits").Uid);

        PodRecord Find(string name) => controller.Pods.Single(pod => pod.Name == name);
    }

    [Fact]
    public void A_pod_of_a_workload_never_has_the_name_of_a_Pod_of_the_file()
    {
        LabFile lab = LabText.Lab("""
            nodes: [{ name: n1 }]
            manifests:
              - { apiVersion: apps/v1, kind: Deployment, metadata: { name: web }, spec: { replicas: 2, template: { spec: { containers: [{ name: c, image: echo }] } } } }
            steps:
              - apply:
                - { apiVersion: v1, kind: Pod, metadata: { name: web-1 }, spec: { containers: [{ name: c, image: echo }] } }
                - { apiVersion: v1, kind: Pod, metadata: { name: web-2, namespace: shop }, spec: { containers: [{ name: c, image: echo }] } }
            """);
        PodController controller = Controller(lab);
        Run(controller);
        foreach (Workload pod in ((ApplyStep)lab.Steps[0]).Objects.OfType<Workload>())
        {
            controller.Apply(pod);
        }

        Run(controller);
        Assert.Equal(
            ["default/web-2", "default/web-3", "default/web-1", "shop/web-2"], controller.Pods.Select(static pod => pod.ToString()));
    }

    [Fact]
    public void The_reason_of_a_forced_pod_is_what_its_node_says_and_not_always_its_ports()
    {
        PodController controller = Controller("""
            - { apiVersion: apps/v1, kind: Deployment, metadata: { name: web }, spec: { template: { spec: { nodeName: n1, nodeSelector: { disk: ssd }, containers: [{ name: c, image: echo }] } } } }
            """);
        Run(controller);
        Run(controller);

        Assert.Equal(3, controller.Pods.Count);
        Assert.All(controller.Pods, static pod => Assert.Equal(
            (PodPhase.Failed, true, "NodeAffinity", "Pod was rejected: Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector"),
            (pod.Phase, pod.IsRejected, pod.Reason, pod.Message)));
    }

    [Theory]
    [InlineData("StatefulSet", "web-0")]
    [InlineData("DaemonSet", "web-1")]
    public void Forced_pods_of_a_StatefulSet_or_DaemonSet_do_not_pile_up(string kind, string name)
    {
        PodController controller = Controller($$"""
            - { apiVersion: v1, kind: Pod, metadata: { name: first }, spec: { nodeSelector: { kubernetes.io/hostname: n1 }, containers: [{ name: c, image: echo, ports: [{ containerPort: 80, hostPort: 80 }] }] } }
            """);
        Run(controller);
        Apply(controller, """
            - { apiVersion: v1, kind: Pod, metadata: { name: forced }, spec: { nodeName: n1, containers: [{ name: c, image: echo, ports: [{ containerPort: 80, hostPort: 80 }] }] } }
            """);
        Run(controller);
        Apply(controller, $$"""
            - { apiVersion: apps/v1, kind: {{kind}}, metadata: { name: web }, spec: { template: { spec: { nodeName: n1, containers: [{ name: c, image: echo, ports: [{ containerPort: 80, hostPort: 80 }] }] } } } }
            """);
        Run(controller);
        string former = Assert.Single(controller.Pods, static pod => pod.Owner.Metadata.Name.Value == "web").Uid;
        Run(controller);
        PodRecord failed = Assert.Single(controller.Pods, static pod => pod.Owner.Metadata.Name.Value == "web");
        Assert.Equal((name, PodPhase.Failed, "NodePorts"), (failed.Name, failed.Phase, failed.Reason));
        Assert.NotEqual(former, failed.Uid);

        controller.Delete("Pod", "default", "first");
        RemoveSuperfluous(controller);
        Assert.Equal(name, Assert.Single(controller.Decide()).Name);
    }

    [Fact]
    public void What_a_Job_s_pods_have_done_is_not_done_again_and_who_waited_for_its_port_runs()
    {
        PodController controller = Controller("""
            - { apiVersion: batch/v1, kind: Job, metadata: { name: once }, spec: { parallelism: 2, template: { spec: { restartPolicy: Never, nodeSelector: { kubernetes.io/hostname: n1 }, containers: [{ name: c, image: echo, ports: [{ containerPort: 80, hostPort: 80 }] }] } } } }
            """);
        Run(controller);
        Assert.Equal(["once-1 Running", "once-2 Pending"], controller.Pods.Select(static pod => $"{pod.Name} {pod.Phase}"));

        controller.Pods[0].Phase = PodPhase.Succeeded;
        Run(controller);
        Run(controller);
        Assert.Equal(["once-1 Succeeded", "once-2 Running"], controller.Pods.Select(static pod => $"{pod.Name} {pod.Phase}"));

        controller.Pods[1].Phase = PodPhase.Succeeded;
        Run(controller);
        Assert.Equal(2, controller.Pods.Count);
        Assert.Empty(controller.Superfluous());
        Assert.True(controller.Delete("Job", "default", "once"));
        Assert.Equal(2, controller.Superfluous().Count);
    }

    private static string Deployment(int replicas, int port) => $$"""
        - { apiVersion: apps/v1, kind: Deployment, metadata: { name: web }, spec: { replicas: {{replicas}}, template: { spec: { containers: [{ name: c, image: echo, ports: [{ containerPort: {{port}} }] }] } } } }
        """;

    private static void Apply(PodController controller, string manifests)
    {
        foreach (Workload workload in Workloads(manifests))
        {
            controller.Apply(workload);
        }
    }

    private static string[] RemoveSuperfluous(PodController controller)
    {
        IReadOnlyList<PodRecord> gone = controller.Superfluous();
        foreach (PodRecord pod in gone)
        {
            controller.Remove(pod);
        }

        return [.. gone.Select(static pod => pod.Name)];
    }

    private static void Run(PodController controller)
    {
        foreach (PodRecord pod in controller.Decide())
        {
            pod.Phase = PodPhase.Running;
        }
    }

    private static Workload[] Workloads(string manifests) =>
        [.. LabText.Lab("nodes: [{ name: n1 }, { name: n2 }]\nmanifests:\n" + manifests).Manifests.OfType<Workload>()];

    private static PodController Controller(string manifests) =>
        Controller(LabText.Lab("nodes: [{ name: n1 }, { name: n2 }]\nmanifests:\n" + manifests));

    private static PodController Controller(LabFile lab)
    {
        PodController controller = new([.. lab.Nodes.Select(NodeObject.Create)], mostFailed: 3, lab.PodNames);
        foreach (Workload workload in lab.Manifests.OfType<Workload>())
        {
            controller.Apply(workload);
        }

        return controller;
    }
}
