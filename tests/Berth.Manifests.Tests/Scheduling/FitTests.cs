namespace Berth.Manifests.Tests.Scheduling;

public sealed class FitTests
{
    [Fact]
    public void The_scheduler_s_message_is_there_with_the_port_and_the_pod_that_holds_it()
    {
        FitResult result = FitText.Run(FitText.Pod("a") + FitText.Pod("b", "hostPort: 80, hostIP: 192.0.2.1"), nodes: 1);

        FitPod pending = result.Pods[1];
        Assert.Equal(
            "0/1 nodes are available: 1 node(s) didn't have free ports for the requested pod ports. "
            + "preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.",
            pending.Message);
        HeldPort held = Assert.Single(pending.HeldPorts);
        Assert.Equal(
            ("node-1", "TCP 192.0.2.1:80", "TCP 80", "default/a"),
            (held.Node, held.Wanted.ToString(), held.Held.ToString(), held.Holder.ToString()));
    }

    [Fact]
    public void Each_node_has_its_reason_and_the_first_filter_that_refuses_gives_it()
    {
        string nodes = FitText.Node("a", "{unschedulable: true}")
            + FitText.Node("b", "{taints: [{key: gpu, value: yes-please, effect: NoExecute}]}", "disk: ssd")
            + FitText.Node("c") + FitText.Node("d", labels: "disk: ssd")
            + FitText.Node("e", "{taints: [{key: soft, effect: PreferNoSchedule}]}", "disk: ssd");
        string pods = FitText.Pod("first", spec: "nodeSelector: {disk: ssd}") + FitText.Pod("second", spec: "nodeSelector: {disk: ssd}")
            + FitText.Pod("third", spec: "nodeSelector: {disk: ssd}");

        FitResult result = FitText.Run(nodes + pods);

        Assert.Equal("first d\nsecond e\nthird Pending", FitText.Landing(result));
        Assert.Equal(
            "0/5 nodes are available: 1 node(s) didn't match Pod's node affinity/selector, 1 node(s) had untolerated taint(s), "
            + "1 node(s) were unschedulable, 2 node(s) didn't have free ports for the requested pod ports. "
            + "preemption: 0/5 nodes are available: 2 No preemption victims found for incoming pod, "
            + "3 Preemption is not helpful for scheduling.",
            result.Pods[2].Message);
    }

    [Theory]
    [InlineData("tolerations: [{operator: Exists}]", true)]
    [InlineData("tolerations: [{key: gpu, operator: Exists}]", true)]
    [InlineData("tolerations: [{key: gpu, value: a}]", true)]
    [InlineData("tolerations: [{key: gpu, value: a, effect: NoSchedule}]", true)]
    [InlineData("tolerations: [{key: gpu, value: a, effect: NoExecute}]", false)]
    [InlineData("tolerations: [{key: gpu, value: b}]", false)]
    [InlineData("tolerations: [{key: other, operator: Exists}]", false)]
    public void A_taint_is_tolerated_as_the_api_says(string spec, bool fits)
    {
        string node = FitText.Node("one", "{taints: [{key: gpu, value: a, effect: NoSchedule}]}");

        Assert.Equal(fits, FitText.Run(node + FitText.Pod("a", spec: spec)).Fits);
    }

    [Theory]
    [InlineData("[{matchExpressions: [{key: zone, operator: In, values: [a, b]}]}]", true)]
    [InlineData("[{matchExpressions: [{key: zone, operator: NotIn, values: [a]}]}]", false)]
    [InlineData("[{matchExpressions: [{key: none, operator: NotIn, values: [a]}]}]", true)]
    [InlineData("[{matchExpressions: [{key: none, operator: Exists}]}]", false)]
    [InlineData("[{matchExpressions: [{key: none, operator: DoesNotExist}]}]", true)]
    [InlineData("[{matchExpressions: [{key: cores, operator: Gt, values: ['7']}]}]", true)]
    [InlineData("[{matchExpressions: [{key: cores, operator: Lt, values: ['8']}]}]", false)]
    [InlineData("[{matchExpressions: [{key: zone, operator: Gt, values: ['1']}]}]", false)]
    [InlineData("[{matchFields: [{key: metadata.name, operator: In, values: [one]}]}]", true)]
    [InlineData("[{matchFields: [{key: metadata.name, operator: NotIn, values: [one]}]}]", false)]
    [InlineData("[{matchExpressions: [{key: none, operator: Exists}]}, {matchExpressions: [{key: zone, operator: Exists}]}]", true)]
    [InlineData("[{matchExpressions: [{key: zone, operator: Exists}, {key: none, operator: Exists}]}]", false)]
    [InlineData("[{}]", false)]
    public void Node_affinity_selects_as_the_scheduler_does(string terms, bool fits)
    {
        string affinity = $"affinity: {{nodeAffinity: {{requiredDuringSchedulingIgnoredDuringExecution: {{nodeSelectorTerms: {terms}}}}}}}";

        Assert.Equal(fits, FitText.Run(FitText.Node("one", labels: "zone: a, cores: '8'") + FitText.Pod("a", spec: affinity)).Fits);
    }

    [Fact]
    public void A_daemon_set_has_a_pod_on_each_node_that_it_tolerates_and_selects()
    {
        string nodes = FitText.Node("a") + FitText.Node("b", "{unschedulable: true}")
            + FitText.Node("c", "{taints: [{key: gpu, effect: NoSchedule}]}") + FitText.Node("d", labels: "skip: me");
        string daemons = FitText.Controller("DaemonSet", "agent", "{}", pod: """
            affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [
                  {matchExpressions: [{key: skip, operator: DoesNotExist}]}]}}}
            """).Replace("  {}\n", "", StringComparison.Ordinal);

        FitResult result = FitText.Run(nodes + FitText.Pod("web", spec: "nodeSelector: {}") + daemons);

        Assert.Equal("web a\nagent-1 Pending\nagent-2 b", FitText.Landing(result));
        Assert.Equal(
            "0/4 nodes are available: 1 node(s) didn't have free ports for the requested pod ports, "
            + "3 node(s) didn't satisfy plugin(s) [NodeAffinity]. preemption: 0/4 nodes are available: "
            + "1 No preemption victims found for incoming pod, 3 Preemption is not helpful for scheduling.",
            result.Pods[1].Message);
        Assert.Equal("default/web", Assert.Single(result.Pods[1].HeldPorts).Holder.ToString());
    }

    [Fact]
    public void A_pod_with_a_node_name_is_rejected_by_the_kubelet_and_holds_nothing()
    {
        string nodes = FitText.Node("a") + FitText.Node("b", "{taints: [{key: gpu, effect: NoSchedule}]}");
        string pods = FitText.Pod("first", spec: "nodeName: b") + FitText.Pod("forced", spec: "nodeName: b")
            + FitText.Pod("lost", spec: "nodeName: c");

        FitResult result = FitText.Run(nodes + pods);

        Assert.Equal("first b\nforced Rejected\nlost Pending", FitText.Landing(result));
        Assert.Equal(
            "Pod was rejected: Predicate NodePorts failed: node(s) didn't have free ports for the requested pod ports",
            result.Pods[1].Message);
        Assert.Equal("default/first", Assert.Single(result.Pods[1].HeldPorts).Holder.ToString());
        Assert.Contains("there is no such node", result.Pods[2].Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nodeSelector: {disk: hdd}", "NodeAffinity", "node(s) didn't match Pod's node affinity/selector")]
    [InlineData(
        "affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: disk, operator: DoesNotExist}]}]}}}",
        "NodeAffinity", "node(s) didn't match Pod's node affinity/selector")]
    [InlineData("nodeSelector: {disk: ssd}", "TaintToleration", "node(s) had taints that the pod didn't tolerate")]
    [InlineData("tolerations: [{key: broken, operator: Exists}]", null, null)]
    public void The_kubelet_rejects_a_pod_that_names_its_node_for_its_labels_and_taints_too(string spec, string? reason, string? message)
    {
        string nodes = FitText.Node("b", "{taints: [{key: gpu, effect: NoSchedule}, {key: broken, effect: NoExecute}]}", "disk: ssd");

        FitPod pod = Assert.Single(FitText.Run(nodes + FitText.Pod("forced", spec: $"nodeName: b\n  {spec}")).Pods);

        Assert.Equal(reason is null, pod.Fits);
        Assert.Equal((reason, reason is null ? null : $"Pod was rejected: Predicate {reason} failed: {message}"), (pod.Reason, pod.Message));
        Assert.Empty(pod.HeldPorts);
    }

    [Fact]
    public void The_kubelet_tolerates_for_every_pod_that_a_node_is_not_ready()
    {
        string node = FitText.Node("b", "{taints: [{key: node.kubernetes.io/not-ready, effect: NoExecute}, {key: node.kubernetes.io/not-ready, effect: NoSchedule}]}");

        Assert.Equal("forced b\nplain Pending", FitText.Landing(FitText.Run(node + FitText.Pod("forced", spec: "nodeName: b") + FitText.Pod("plain"))));
    }

    [Theory]
    [InlineData("hostPort: 70000, containerPort: 80", false, "spec.containers[0].ports[0].hostPort: Invalid value: 70000: must be between 1 and 65535, inclusive")]
    [InlineData("containerPort: 0", false, "spec.containers[0].ports[0].containerPort: Invalid value: 0: must be between 1 and 65535, inclusive")]
    [InlineData("containerPort: 80, protocol: tcp", false, "spec.containers[0].ports[0].protocol: Unsupported value: \"tcp\": supported values: \"SCTP\", \"TCP\", \"UDP\"")]
    [InlineData("hostPort: 81, containerPort: 80", true, "spec.containers[0].ports[0].hostPort: Invalid value: 81: must match `containerPort` when `hostNetwork` is true")]
    [InlineData("hostPort: 80}, {hostPort: 80", false, "container c: hostPort: Duplicate value: \"TCP//80\"")]
    [InlineData("containerPort: 80}, {containerPort: 80", true, "container c: hostPort: Duplicate value: \"TCP//80\"")]
    [InlineData("hostPort: 80}, {hostPort: 80, hostIP: 0.0.0.0", false, null)]
    [InlineData("hostPort: 80}, {hostPort: 80, protocol: UDP", false, null)]
    public void What_the_api_server_refuses_never_lands_and_holds_nothing(string port, bool hostNetwork, string? refusal)
    {
        string spec = hostNetwork ? "hostNetwork: true" : "hostPID: false";
        foreach (string first in (string[])[FitText.Pod("a", port, spec), FitText.Controller("Deployment", "a", "replicas: 2\n  strategy: {type: Recreate}", port, spec)])
        {
            FitResult result = FitText.Run(first + FitText.Pod("z"), nodes: 3);

            FitPod pod = result.Pods[0];
            Assert.Equal((refusal, refusal is null), (pod.Message, pod.Fits));
            Assert.Equal(refusal is not null, pod.Outcome == FitOutcome.Refused);
            Assert.Equal(refusal is null, result.Fits);
            Assert.True(result.Pods[^1].Fits);
        }
    }

    [Fact]
    public void The_same_object_in_two_files_is_one_and_the_last_counts()
    {
        string daemons = FitText.Controller("DaemonSet", "a", "revisionHistoryLimit: 1");

        Assert.Equal("a-1 node-1", FitText.Landing(FitText.Run(daemons + daemons, nodes: 1)));
        FitResult changed = FitText.Run(daemons + FitText.Pod("b") + FitText.Controller("DaemonSet", "a", "revisionHistoryLimit: 1", "hostPort: 81, containerPort: 80"), nodes: 1);
        Assert.Equal("a-1 node-1\nb node-1", FitText.Landing(changed));
        Assert.Equal("TCP 81", Assert.Single(changed.Pods[0].Claims).ToString());
        // Another namespace is another object, and so is each that the cluster names itself.
        Assert.Equal(2, FitText.Run(daemons + daemons.Replace("{name: a}", "{name: a, namespace: other}", StringComparison.Ordinal), nodes: 2).Pods.Count(static pod => !pod.Fits));
        string generated = FitText.Pod("x").Replace("{name: x}", "{generateName: x-}", StringComparison.Ordinal);
        Assert.Equal("x- node-1\nx- Pending", FitText.Landing(FitText.Run(generated + generated, nodes: 1)));
    }

    [Fact]
    public void Many_pods_that_do_not_run_are_told_the_same_without_asking_every_node_again()
    {
        FitResult result = FitText.Run(FitText.Controller("StatefulSet", "db", "replicas: 20000"), nodes: 2000);

        Assert.Equal(2000, result.Pods.Count(static pod => pod.Fits));
        Assert.Equal(2000, result.Pods[^1].HeldPorts.Count);
        Assert.Same(result.Pods[2000].HeldPorts, result.Pods[^1].HeldPorts);
        Assert.Equal("db-19999", result.Pods[^1].Name);
    }

    [Fact]
    public void Replicas_spread_and_those_that_are_too_many_stay_pending()
    {
        FitResult result = FitText.Run(FitText.Controller("StatefulSet", "db", "replicas: 3"), nodes: 2);

        Assert.Equal("db-0 node-1\ndb-1 node-2\ndb-2 Pending", FitText.Landing(result));
    }

    [Fact]
    public void Pods_that_a_cluster_shows_are_not_made_again()
    {
        const string Shown = """
            ---
            apiVersion: apps/v1
            kind: ReplicaSet
            metadata: {name: web-abc, ownerReferences: [{kind: Deployment, name: web, controller: true}]}
            spec: {replicas: 2, template: {spec: {containers: [{name: c, ports: [{containerPort: 80, hostPort: 80}]}]}}}
            ---
            kind: Pod
            metadata: {name: web-abc-1, ownerReferences: [{kind: ReplicaSet, name: web-abc, controller: true}]}
            spec: {nodeName: node-2, containers: [{name: c, ports: [{containerPort: 80, hostPort: 80}]}]}
            status: {phase: Running}
            ---
            kind: Pod
            metadata: {name: web-abc-2, ownerReferences: [{kind: ReplicaSet, name: web-abc, controller: true}]}
            spec: {containers: [{name: c, ports: [{containerPort: 80, hostPort: 80}]}]}
            status: {phase: Pending}

            """;

        FitResult result = FitText.Run(
            Shown + FitText.Controller("Deployment", "web", "replicas: 3\n  strategy: {type: Recreate}"), nodes: 3);

        Assert.Equal("web-abc-1 node-2\nweb-abc-2 node-1\nweb-1 node-3", FitText.Landing(result));
    }

    [Fact]
    public void A_stateful_set_of_a_cluster_gets_the_pods_whose_numbers_are_missing()
    {
        const string Shown = """
            ---
            kind: Pod
            metadata: {name: db-1, ownerReferences: [{kind: StatefulSet, name: db, controller: true}]}
            spec: {nodeName: node-1, containers: [{name: c, ports: [{hostPort: 80}]}]}
            status: {phase: Running}

            """;

        FitResult result = FitText.Run(Shown + FitText.Controller("StatefulSet", "db", "replicas: 3"), nodes: 3);

        Assert.Equal("db-1 node-1\ndb-0 node-2\ndb-2 node-3", FitText.Landing(result));
    }

    [Fact]
    public void A_daemon_set_of_a_cluster_is_served_where_its_pods_are()
    {
        const string Shown = """
            ---
            kind: Pod
            metadata: {name: agent-x, ownerReferences: [{kind: DaemonSet, name: agent, controller: true}]}
            spec: {nodeName: node-1, containers: [{name: c, ports: [{hostPort: 80}]}]}
            status: {phase: Running}

            """;

        FitResult result = FitText.Run(Shown + FitText.Controller("DaemonSet", "agent", "revisionHistoryLimit: 1"), nodes: 2);

        Assert.Equal("agent-x node-1\nagent-2 node-2", FitText.Landing(result));
    }

    [Fact]
    public void A_finished_job_makes_no_pods()
    {
        string job = FitText.Controller("Job", "once", "parallelism: 1");

        Assert.Single(FitText.Run(job, 1).Pods);
        Assert.Empty(FitText.Run(job + "status: {conditions: [{type: Complete, status: 'True'}]}\n", 1).Pods);
    }

    [Fact]
    public void Without_nodes_the_scheduler_says_so()
    {
        Assert.Equal("no nodes available to schedule pods", Assert.Single(FitText.Run(FitText.Pod("a")).Pods).Message);
    }
}
