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
    public void A_workload_with_another_template_gets_other_pods_and_one_with_fewer_replicas_loses_the_last()
    {
        PodController controller = Controller(Deployment(replicas: 2, port: 80));
        Run(controller);
        controller.Apply(Workloads(Deployment(replicas: 2, port: 81))[0]);
        IReadOnlyList<PodRecord> gone = controller.Superfluous();
        Assert.Equal(["web-1", "web-2"], gone.Select(static pod => pod.Name));
        foreach (PodRecord pod in gone)
        {
            controller.Remove(pod);
        }

        Assert.Equal(2, controller.Decide().Count);
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
        PodController controller = new([.. lab.Nodes.Select(NodeObject.Create)], mostFailed: 3);
        foreach (Workload workload in lab.Manifests.OfType<Workload>())
        {
            controller.Apply(workload);
        }

        return controller;
    }
}
