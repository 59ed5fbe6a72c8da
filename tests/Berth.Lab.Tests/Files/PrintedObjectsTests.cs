using Berth.Manifests;

namespace Berth.Lab.Tests.Files;

/// <summary>Objects as a cluster prints them, with what only it can know of them.</summary>
public sealed class PrintedObjectsTests
{
    // kubectl get -o yaml, shortened.
    private const string Pod = """
          - apiVersion: v1
            kind: Pod
            metadata:
              annotations: { cni.projectcalico.org/podIP: 10.42.0.7/32 }
              creationTimestamp: "2026-11-02T08:14:05Z"
              {0}
              generateName: web-7d4b9c5f6c-
              labels: { app: web, pod-template-hash: 7d4b9c5f6c }
              name: web-7d4b9c5f6c-x2x4l
              namespace: default
              ownerReferences:
              - { apiVersion: apps/v1, blockOwnerDeletion: true, controller: true, kind: ReplicaSet, name: web-7d4b9c5f6c, uid: 5c1f3c2e-6a3b-4d52-b4a3-0c5d5a4e4c11 }
              resourceVersion: "81234"
              uid: 0b5c0e3a-2f6e-4a53-8e56-3f0f2c5d9a10
            spec:
              containers:
              - image: echo
                imagePullPolicy: Always
                name: c
                ports: [{ containerPort: 80, hostPort: 8080, protocol: TCP }]
                volumeMounts: [{ mountPath: /var/run/secrets/kubernetes.io/serviceaccount, name: kube-api-access-k2l5z, readOnly: true }]
              nodeName: n1
              restartPolicy: Always
              tolerations: [{ effect: NoExecute, key: node.kubernetes.io/not-ready, operator: Exists, tolerationSeconds: 300 }]
              volumes: [{ name: kube-api-access-k2l5z, projected: { defaultMode: 420 } }]
            status: { hostIP: 192.168.1.11, phase: {1}, podIP: 10.42.0.7, qosClass: BestEffort }

        """;

    private const string ReplicaSet = """
          - apiVersion: apps/v1
            kind: ReplicaSet
            metadata:
              name: web-7d4b9c5f6c
              ownerReferences: [{ apiVersion: apps/v1, blockOwnerDeletion: true, controller: true, kind: Deployment, name: web, uid: 7e0c }]
            spec:
              replicas: 1
              template: { metadata: { labels: { app: web } }, spec: { containers: [{ image: echo, name: c, ports: [{ containerPort: 80, hostPort: 8080 }] }] } }
            status: { replicas: 1 }

        """;

    private const string Deployment = """
          - apiVersion: apps/v1
            kind: Deployment
            metadata: { name: web }
            spec:
              replicas: 1
              template: { metadata: { labels: { app: web } }, spec: { containers: [{ image: echo, name: c, ports: [{ containerPort: 80, hostPort: 8080 }] }] } }
            status: { availableReplicas: 1 }

        """;

    private const string Nodes = "nodes: [{ name: n1 }]\nmanifests:\n";

    [Theory]
    [InlineData("selfLink: /x", "Running")]
    [InlineData("selfLink: /x", "Pending")]
    [InlineData("selfLink: /x", "Succeeded")]
    [InlineData("selfLink: /x", "Failed")]
    [InlineData("deletionTimestamp: \"2026-11-02T09:00:00Z\"", "Running")]
    public void A_Pod_runs_whatever_its_cluster_says_of_it_and_has_its_port(string metadata, string phase)
    {
        LabFile lab = LabText.Lab(Nodes + Printed(metadata, phase) + """
              - { apiVersion: v1, kind: Pod, metadata: { name: other }, spec: { containers: [{ name: c, image: echo, ports: [{ containerPort: 80, hostPort: 8080 }] }] } }
            """);
        PodController controller = Started(lab);

        Assert.Equal(
            ["web-7d4b9c5f6c-x2x4l Running on n1", "other Pending on "],
            controller.Pods.Select(static pod => $"{pod.Name} {pod.Phase} on {pod.NodeName}"));
        Assert.Equal("default/web-7d4b9c5f6c-x2x4l", Assert.Single(controller.Pods[1].HeldPorts).Holder.ToString());
    }

    [Theory]
    [InlineData("web-1", "ReplicaSet default/web-7d4b9c5f6c and 1 more: made by their controllers, which are in the file too, under the lab's own names", Deployment, ReplicaSet, Pod)]
    [InlineData("web-1", "Pod default/web-7d4b9c5f6c-x2x4l: made by its controller, which is in the file too, under the lab's own names", Pod, Deployment)]
    [InlineData("web-7d4b9c5f6c-1", "Pod default/web-7d4b9c5f6c-x2x4l: made by its controller, which is in the file too, under the lab's own names", Pod, ReplicaSet)]
    public void What_a_controller_of_the_file_makes_is_there_once(string made, string warning, params string[] manifests)
    {
        string yaml = Nodes + string.Concat(manifests).Replace("{0}", "selfLink: /x", StringComparison.Ordinal).Replace("{1}", "Running", StringComparison.Ordinal);
        string again = "steps:\n  - apply:\n    " + yaml[Nodes.Length..].Replace("\n", "\n    ", StringComparison.Ordinal);
        LabFileReading reading = LabText.Read(yaml + again);

        Diagnostic found = Assert.Single(reading.Diagnostics);
        Assert.Equal((DiagnosticSeverity.Warning, warning), (found.Severity, found.Message));
        PodRecord pod = Assert.Single(Started(reading.File!).Pods);
        Assert.Equal((made, PodPhase.Running), (pod.Name, pod.Phase));

        // Who speaks of the pod by the name that it had is told so.
        Assert.StartsWith(
            "no manifest makes a pod default/web-7d4b9c5f6c-x2x4l",
            LabText.Read(yaml + "\nprobes: [{ pod: web-7d4b9c5f6c-x2x4l, phase: Running }]").Diagnostics.Single(static one => one.Severity == DiagnosticSeverity.Error).Message,
            StringComparison.Ordinal);
    }

    private static string Printed(string metadata, string phase) =>
        Pod.Replace("{0}", metadata, StringComparison.Ordinal).Replace("{1}", phase, StringComparison.Ordinal);

    private static PodController Started(LabFile lab)
    {
        PodController controller = new([.. lab.Nodes.Select(NodeObject.Create)], mostFailed: 3, lab.PodNames);
        foreach (Workload workload in lab.Manifests.OfType<Workload>())
        {
            controller.Apply(workload);
        }

        foreach (PodRecord pod in controller.Decide())
        {
            pod.Phase = PodPhase.Running;
        }

        return controller;
    }
}
