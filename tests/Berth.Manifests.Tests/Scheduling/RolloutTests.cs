namespace Berth.Manifests.Tests.Scheduling;

public sealed class RolloutTests
{
    [Theory]
    // 25 % of up to three pods is rounded down to none, and the surge pod finds no port.
    [InlineData(1, 1, "", false)]
    [InlineData(3, 3, "", false)]
    [InlineData(4, 4, "", true)]
    [InlineData(1, 2, "", true)]
    [InlineData(2, 2, "strategy: {rollingUpdate: {maxUnavailable: 0, maxSurge: 1}}", false)]
    [InlineData(2, 2, "strategy: {rollingUpdate: {maxUnavailable: 1}}", true)]
    [InlineData(2, 2, "strategy: {rollingUpdate: {maxUnavailable: 50%}}", true)]
    [InlineData(2, 2, "strategy: {rollingUpdate: {maxUnavailable: 49%}}", false)]
    [InlineData(8, 8, "strategy: {rollingUpdate: {maxUnavailable: 0%, maxSurge: 1%}}", false)]
    // With neither, the controller takes one pod away all the same.
    [InlineData(2, 2, "strategy: {rollingUpdate: {maxUnavailable: 0, maxSurge: 0}}", true)]
    [InlineData(2, 2, "strategy: {rollingUpdate: {maxUnavailable: 10%, maxSurge: 0}}", true)]
    [InlineData(2, 2, "strategy: {type: Recreate}", true)]
    public void A_deployment_on_a_full_cluster_finishes_its_update_or_never_does(int replicas, int nodes, string strategy, bool finishes)
    {
        FitResult result = FitText.Run(FitText.Controller("Deployment", "web", $"replicas: {replicas}\n  {strategy}"), nodes);

        Assert.All(result.Pods, static pod => Assert.True(pod.Fits));
        Assert.Equal(finishes, result.Rollouts.Count == 0);
        Assert.Equal(finishes, result.Fits);
    }

    [Fact]
    public void What_is_in_the_way_and_the_remedy_are_named()
    {
        FitResult result = FitText.Run(
            FitText.Pod("other") + FitText.Controller("Deployment", "web", "replicas: 1\n  strategy: {type: RollingUpdate}"), nodes: 2);

        StuckRollout stuck = Assert.Single(result.Rollouts);
        Assert.Equal(new Location("test.yaml", 14, 13), stuck.At);
        Assert.StartsWith("maxUnavailable 25% of 1 is 0 keeps every old pod", stuck.Reason, StringComparison.Ordinal);
        Assert.Contains("Recreate", stuck.Remedy, StringComparison.Ordinal);
        Assert.Equal(["default/other", "default/web-1"], stuck.HeldPorts.Select(static port => port.Holder.ToString()));
    }

    [Fact]
    public void By_node_name_the_other_nodes_are_no_help()
    {
        FitResult result = FitText.Run(
            FitText.Controller("Deployment", "web", "replicas: 1\n  strategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}", pod: "nodeName: node-1"), nodes: 2);

        StuckRollout stuck = Assert.Single(result.Rollouts);
        Assert.EndsWith("nodeName puts the new one on node-1, where they have its ports", stuck.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain("one node more", stuck.Remedy, StringComparison.Ordinal);
        Assert.Equal(["node-1"], stuck.HeldPorts.Select(static port => port.Node));
    }

    [Fact]
    public void Without_host_ports_or_when_it_does_not_even_start_nothing_is_said_of_the_update()
    {
        Assert.True(FitText.Run(FitText.Controller("Deployment", "web", port: "containerPort: 80"), nodes: 1).Fits);
        Assert.Empty(FitText.Run(FitText.Controller("Deployment", "web", "replicas: 2"), nodes: 1).Rollouts);
        Assert.True(FitText.Run(FitText.Controller("StatefulSet", "db"), nodes: 1).Fits);
    }

    [Theory]
    [InlineData("updateStrategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}", false)]
    [InlineData("updateStrategy: {rollingUpdate: {maxSurge: 10%, maxUnavailable: 0}}", false)]
    [InlineData("updateStrategy: {rollingUpdate: {maxUnavailable: 1}}", true)]
    [InlineData("updateStrategy: {type: OnDelete}", true)]
    [InlineData("minReadySeconds: 1", true)]
    public void A_daemon_set_that_surges_never_finishes(string strategy, bool finishes) =>
        Assert.Equal(finishes, FitText.Run(FitText.Controller("DaemonSet", "agent", strategy), nodes: 2).Fits);
}
