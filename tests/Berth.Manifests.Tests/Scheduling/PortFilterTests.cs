namespace Berth.Manifests.Tests.Scheduling;

/// <summary>The scheduler's port filter (pkg/scheduler/framework, HostPortInfo.CheckConflict, and its test cases).</summary>
public sealed class PortFilterTests
{
    [Theory]
    [InlineData("hostPort: 80", "hostPort: 80", false)]
    [InlineData("hostPort: 80", "hostPort: 81", true)]
    [InlineData("hostPort: 80", "hostPort: 80, protocol: UDP", true)]
    [InlineData("hostPort: 80", "hostPort: 80, protocol: TCP", false)]
    [InlineData("hostPort: 80, hostIP: 127.0.0.1", "hostPort: 80, hostIP: 127.0.0.1", false)]
    [InlineData("hostPort: 80, hostIP: 127.0.0.1", "hostPort: 80, hostIP: 127.0.0.2", true)]
    [InlineData("hostPort: 80, hostIP: 127.0.0.1", "hostPort: 80", false)]
    [InlineData("hostPort: 80", "hostPort: 80, hostIP: 127.0.0.1", false)]
    [InlineData("hostPort: 80, hostIP: 0.0.0.0", "hostPort: 80, hostIP: 127.0.0.1", false)]
    // The scheduler compares texts, and knows one wildcard only.
    [InlineData("hostPort: 80, hostIP: '::'", "hostPort: 80, hostIP: '::1'", true)]
    [InlineData("hostPort: 80, hostIP: '::'", "hostPort: 80, hostIP: 127.0.0.1", true)]
    [InlineData("hostPort: 80, hostIP: '::'", "hostPort: 80", false)]
    [InlineData("hostPort: 80, hostIP: '::1'", "hostPort: 80, hostIP: '0:0::1'", true)]
    [InlineData("hostPort: 0", "hostPort: 0", true)]
    [InlineData("containerPort: 80", "containerPort: 80", true)]
    public void Two_pods_share_a_node_or_do_not(string first, string second, bool share)
    {
        FitResult result = FitText.Run(FitText.Pod("a", first) + FitText.Pod("b", second), nodes: 1);

        Assert.Equal(share ? "a node-1\nb node-1" : "a node-1\nb Pending", FitText.Landing(result));
        Assert.Equal(share, result.Fits);
    }

    [Theory]
    [InlineData("containers: [{name: c, ports: [{containerPort: 80}]}]\n  hostNetwork: true", true)]
    [InlineData("containers: [{name: c, ports: [{containerPort: 80}]}]", false)]
    [InlineData("initContainers: [{name: c, ports: [{hostPort: 80}]}]", false)]
    [InlineData("initContainers: [{name: c, restartPolicy: Always, ports: [{hostPort: 80}]}]", true)]
    [InlineData("initContainers: [{name: c, restartPolicy: Always, ports: [{containerPort: 80}]}]\n  hostNetwork: true", true)]
    [InlineData("ephemeralContainers: [{name: c, ports: [{hostPort: 80}]}]", false)]
    public void What_counts_in_a_pod_counts_in_a_template(string spec, bool claims)
    {
        string pod = $"---\nkind: Pod\nmetadata: {{name: a}}\nspec:\n  {spec}\n";
        string template = $"---\napiVersion: apps/v1\nkind: ReplicaSet\nmetadata: {{name: a}}\nspec:\n  template:\n    spec:\n      "
            + spec.Replace("\n  ", "\n      ", StringComparison.Ordinal) + "\n";

        Assert.Equal(!claims, FitText.Run(pod + FitText.Pod("b"), nodes: 1).Fits);
        Assert.Equal(!claims, FitText.Run(template + FitText.Pod("b"), nodes: 1).Fits);
    }

    [Fact]
    public void One_pod_may_claim_a_port_twice_to_the_filter()
    {
        // The API server refuses most of that; to the scheduler a pod is never in its own way.
        Assert.True(FitText.Run(FitText.Pod("a", "hostPort: 80}, {hostPort: 80, hostIP: 127.0.0.1"), nodes: 1).Fits);
    }

    [Fact]
    public void Terminating_pods_hold_their_ports_and_finished_ones_do_not()
    {
        string bound = FitText.Pod("old", spec: "nodeName: node-1\nstatus: {phase: Running}");

        Assert.Equal(
            "old node-1\na Pending",
            FitText.Landing(FitText.Run(
                FitText.Pod("a") + bound.Replace("{name: old}", "{name: old, deletionTimestamp: now}", StringComparison.Ordinal), 1)));
        // Kept without its status, as some tools do.
        Assert.Equal(
            "old node-1\na Pending",
            FitText.Landing(FitText.Run(
                FitText.Pod("a") + FitText.Pod("old", spec: "nodeName: node-1").Replace("{name: old}", "{name: old, deletionTimestamp: now}", StringComparison.Ordinal), 1)));
        Assert.Equal(
            "a node-1", FitText.Landing(FitText.Run(bound.Replace("Running", "Succeeded", StringComparison.Ordinal) + FitText.Pod("a"), 1)));
    }
}
