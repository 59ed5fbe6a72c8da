namespace Berth.Lab.Tests.Files;

/// <summary>What is applied in place of what is there already.</summary>
public sealed class ReplacementCheckTests
{
    private const string Pod = "{ apiVersion: v1, kind: Pod, metadata: { name: p, labels: { app: x } }, spec: { containers: [{ name: c, image: echo, ports: [{ containerPort: 80, hostPort: 80 }] }] } }";
    private const string Job = "{ apiVersion: batch/v1, kind: Job, metadata: { name: j }, spec: { template: { spec: { restartPolicy: Never, containers: [{ name: c, image: echo }] } } } }";

    private const string PodError =
        "Pod default/p: the spec of a Pod cannot be changed (the API server takes another image alone, and a lab not even that): delete it first, or let a Deployment make it";

    [Theory]
    [InlineData(Pod, ", hostPort: 80", "", "lab.yaml:4:91: error: " + PodError)]
    [InlineData(Pod, "hostPort: 80", "hostPort: 80, protocol: UDP", "lab.yaml:4:91: error: " + PodError)]
    [InlineData(Pod, "containers: [", "terminationGracePeriodSeconds: 5, containers: [", "lab.yaml:4:91: error: " + PodError)]
    [InlineData(Pod, "image: echo", "image: nginx", "lab.yaml:4:91: error: " + PodError)]
    [InlineData(Job, "image: echo", "image: nginx", "lab.yaml:4:97: error: Job default/j: the API server refuses it: spec.template: field is immutable: delete it first")]
    public void What_cannot_be_changed_is_an_error_unless_it_is_deleted_first(string manifest, string part, string other, string error)
    {
        string changed = manifest.Replace(part, other, StringComparison.Ordinal);
        string before = $"nodes: [{{ name: a }}]\nmanifests: [{manifest}]\nsteps:\n";
        Assert.Equal([error], LabText.Errors($"{before}  - apply: [{changed}]"));

        LabText.Lab($"{before}  - delete: [{(manifest == Pod ? "pod/p" : "job/j")}]\n  - apply: [{changed}]");
    }

    [Theory]
    [InlineData(Pod, "app: x", "app: z")]
    [InlineData(Pod, "echo", "\"echo\"")]
    [InlineData(Pod, "hostPort: 80", "hostPort: 80, protocol: TCP, hostIP: \"\"")]
    [InlineData(Pod, "containers: [", "restartPolicy: Always, dnsPolicy: ClusterFirst, containers: [")]
    [InlineData(Job, "spec: { template", "spec: { parallelism: 2, template")]
    public void What_can_be_changed_and_what_is_the_same_is_none(string manifest, string part, string other) => LabText.Lab(
        $"nodes: [{{ name: a }}]\nmanifests: [{manifest}]\nsteps: [{{ apply: [{manifest.Replace(part, other, StringComparison.Ordinal)}] }}]");

    [Fact]
    public void A_Pod_may_not_have_the_name_of_one_that_a_StatefulSet_makes() => Assert.Equal(
        ["lab.yaml:4:52: error: Pod default/db-1: StatefulSet default/db makes a pod of this name: rename one"],
        LabText.Errors("""
            nodes: [{ name: a }]
            manifests:
              - { apiVersion: apps/v1, kind: StatefulSet, metadata: { name: db }, spec: { replicas: 1, template: { spec: { containers: [{ name: c, image: echo }] } } } }
              - { apiVersion: v1, kind: Pod, metadata: { name: db-1 }, spec: { containers: [{ name: c, image: echo }] } }
              - { apiVersion: v1, kind: Pod, metadata: { name: db-1, namespace: other }, spec: { containers: [{ name: c, image: echo }] } }
              - { apiVersion: v1, kind: Pod, metadata: { name: db-x }, spec: { containers: [{ name: c, image: echo }] } }
            """));
}
