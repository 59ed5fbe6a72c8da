using System.Net;

namespace Berth.Manifests.Tests.Checks;

/// <summary>Whose pod it is that answers on the node of a snapshot.</summary>
public sealed class TakenPortTests
{
    [Theory]
    [InlineData("DaemonSet", "web-x7k2p", true)]
    [InlineData("DaemonSet", "web-admin-7c9d6b8f4d-x1b2c", false)]
    [InlineData("DaemonSet", "web-admin", false)]
    [InlineData("DaemonSet", "web-admin-x7k2p", false)]
    [InlineData("DaemonSet", "other-x7k2p", false)]
    [InlineData("DaemonSet", "web", true)]
    [InlineData("Deployment", "web-7c9d6b8f4d-x7k2p", true)]
    [InlineData("Deployment", "web-x7k2p", false)]
    [InlineData("Deployment", "web-admin-7c9d6b8f4d-x7k2p", false)]
    [InlineData("ReplicaSet", "web-x7k2p", true)]
    [InlineData("StatefulSet", "web-0", true)]
    [InlineData("StatefulSet", "web-12", true)]
    [InlineData("StatefulSet", "web-admin-0", false)]
    [InlineData("StatefulSet", "web-", false)]
    [InlineData("Job", "web-x7k2p", true)]
    [InlineData("Job", "web-3-x7k2p", true)]
    [InlineData("CronJob", "web-29012345-x7k2p", true)]
    [InlineData("CronJob", "web-29012345-3-x7k2p", true)]
    [InlineData("CronJob", "web-x7k2p", false)]
    [InlineData("Pod", "web", true)]
    [InlineData("Pod", "web-node-1", true)]
    [InlineData("Pod", "web-node-1.example.org", true)]
    [InlineData("Pod", "web-node-12", false)]
    [InlineData("Pod", "web-x7k2p", false)]
    public void A_pod_is_the_workload_s_own_when_its_name_is_one_that_the_cluster_makes(string kind, string pod, bool isOwn) =>
        Assert.Equal(isOwn, IsSilent(kind, "name: web", "default", pod));

    [Fact]
    public void The_namespace_counts_and_a_name_that_is_generated_is_only_the_beginning()
    {
        Assert.False(IsSilent("DaemonSet", "name: web", "other", "web-x7k2p"));
        Assert.True(IsSilent("Pod", "generateName: web-", "default", "web-x7k2p"));
        Assert.False(IsSilent("Pod", "generateName: web-", "default", "web-admin"));
    }

    [Fact]
    public void Long_names_are_cut_before_what_is_made_up()
    {
        string name = new('a', 62), other = new string('a', 50) + new string('b', 12);

        Assert.True(IsSilent("DaemonSet", $"name: {name}", "default", $"{name[..58]}x7k2p"));
        Assert.True(IsSilent("Deployment", $"name: {name[..50]}", "default", $"{name[..50]}-7c9d6b8x7k2p"));
        Assert.False(IsSilent("DaemonSet", $"name: {name}", "default", $"{other[..58]}x7k2p"));
    }

    private static bool IsSilent(string kind, string metadata, string space, string pod)
    {
        const string Spec = "containers: [{name: c, ports: [{containerPort: 80, hostPort: 8080}]}]";
        string spec = kind switch
        {
            "Pod" => Spec,
            "CronJob" => $"jobTemplate: {{spec: {{template: {{spec: {{{Spec}}}}}}}}}",
            _ => $"template: {{spec: {{{Spec}}}}}",
        };
        string version = kind switch { "Pod" => "v1", "Job" or "CronJob" => "batch/v1", _ => "apps/v1" };
        ManifestSet set = ManifestText.Read($"apiVersion: {version}\nkind: {kind}\nmetadata: {{{metadata}}}\nspec: {{{spec}}}\n");
        Assert.Empty(set.Diagnostics);
        Assert.Single(set.Workloads);
        TakenPort taken = new("TCP", IPAddress.Any, 8080, 8080, "hostPort", $"{space}/{pod}") { Node = "node-1" };
        return Linter.Run(set, new LintOptions { Checks = [CheckCatalog.Find("node-service-port")!], Assumptions = new() { Taken = [taken] } }).Findings.Count == 0;
    }
}
