namespace Berth.Manifests.Tests.Reading;

public sealed class ObjectTests
{
    private const string Template = """
          template:
            metadata: {labels: {app: web}}
            spec:
              hostNetwork: true
              dnsPolicy: ClusterFirst
              containers:
              - name: web
                image: nginx
                ports: [{containerPort: 80}]
        """;

    [Theory]
    [InlineData("apps/v1", "Deployment", WorkloadKind.Deployment)]
    [InlineData("extensions/v1beta1", "Deployment", WorkloadKind.Deployment)]
    [InlineData("apps/v1", "ReplicaSet", WorkloadKind.ReplicaSet)]
    [InlineData("apps/v1", "StatefulSet", WorkloadKind.StatefulSet)]
    [InlineData("apps/v1", "DaemonSet", WorkloadKind.DaemonSet)]
    [InlineData("batch/v1", "Job", WorkloadKind.Job)]
    [InlineData("v1", "ReplicationController", WorkloadKind.ReplicationController)]
    public void Every_controller_has_its_template_and_the_ports_of_the_host_network(string version, string kind, WorkloadKind expected)
    {
        Workload workload = ManifestText.Single<Workload>($"""
            apiVersion: {version}
            kind: {kind}
            metadata: {"{"}name: web, namespace: shop{"}"}
            spec:
            {Template}
            """);

        Assert.Equal(expected, workload.Kind);
        Assert.Equal($"{kind} shop/web", workload.ToString());
        Assert.Equal("web", workload.Template.Labels["app"].Value);
        HostPortClaim claim = Assert.Single(HostPortClaim.Of(workload.Template.Spec));
        Assert.Equal(("TCP 80", true, 13), (claim.ToString(), claim.IsByHostNetwork, claim.At.Line));
    }

    [Fact]
    public void A_cron_job_has_its_template_two_levels_down()
    {
        Workload workload = ManifestText.Single<Workload>($"""
            apiVersion: batch/v1
            kind: CronJob
            metadata: {"{"}name: web{"}"}
            spec:
              jobTemplate:
                spec:
                  parallelism: 3
                  completions: 2
            {Template.ReplaceLineEndings("\n    ").Insert(0, "    ")}
            """);

        Assert.Equal(2, workload.DesiredPods);
        Assert.Equal("default", workload.Metadata.Namespace);
        Assert.Equal("TCP 80", Assert.Single(HostPortClaim.Of(workload.Template.Spec)).ToString());
    }

    [Theory]
    [InlineData("Deployment", "", 1)]
    [InlineData("Deployment", "replicas: 3", 3)]
    [InlineData("Deployment", "replicas: 0", 0)]
    [InlineData("Deployment", "replicas:", 1)]
    [InlineData("Job", "", 1)]
    [InlineData("Job", "parallelism: 3", 3)]
    [InlineData("Job", "{parallelism: 3, completions: 2}", 2)]
    [InlineData("Job", "{parallelism: 3, suspend: true}", 0)]
    public void Replicas_default_as_in_the_api(string kind, string spec, int pods)
    {
        string fields = spec.Trim('{', '}').Replace(", ", "\n  ", StringComparison.Ordinal);
        Workload workload = ManifestText.Single<Workload>(
            $"apiVersion: {(kind == "Job" ? "batch" : "apps")}/v1\nkind: {kind}\nmetadata: {{name: web}}\nspec:\n  {fields}\n{Template}");

        Assert.Equal(pods, workload.DesiredPods);
    }

    [Fact]
    public void A_service_has_its_ports_type_and_selector()
    {
        Service service = ManifestText.Single<Service>("""
            apiVersion: v1
            kind: Service
            metadata: {name: web}
            spec:
              type: NodePort
              selector: {app: web}
              ports:
              - {name: http, port: 80, targetPort: web, nodePort: 30080}
              - {port: 53, targetPort: 5353, protocol: UDP}
            """);

        Assert.True(service.HasNodePorts);
        Assert.Equal(["web", "5353"], service.Ports.Select(static port => port.TargetPort!.Value.Value));
        Assert.Equal(["TCP", "UDP"], service.Ports.Select(static port => port.EffectiveProtocol));
        Assert.Equal((30080, new Location("test.yaml", 8, 55)), (service.Ports[0].NodePort!.Value.Value, service.Ports[0].NodePort!.Value.At));
        Assert.True(service.Selects(ManifestText.Single<Workload>("kind: Pod\nmetadata: {name: x, labels: {app: web, a: b}}\nspec: {}").Template.Labels));
        Assert.False(service.Selects(FieldReader.NoText));
    }

    [Fact]
    public void A_variable_has_a_value_a_field_or_a_source()
    {
        Container container = ManifestText.Single<Workload>("""
            kind: Pod
            metadata: {name: a}
            spec:
              containers:
              - name: c
                env:
                - {name: A, value: b}
                - {name: B}
                - {name: C, valueFrom: {fieldRef: {apiVersion: v1, fieldPath: status.podIP}}}
                - {name: D, valueFrom: {secretKeyRef: {name: db, key: p}}}
                - {name: E, valueFrom: {configMapKeyRef: {key: p}}}
                - {name: F, valueFrom: {resourceFieldRef: {resource: limits.cpu}}}
                - {value: nameless}
                envFrom: [{configMapRef: {name: web}}, {prefix: X_, secretRef: {name: db}}]
            """).Template.Spec.Containers[0];

        Assert.Equal(
            ["A=b", "B=", "C status.podIP", "D Secret db", "E ConfigMap ", "F resourceFieldRef"],
            container.Environment.Select(static variable =>
                variable.Name + (variable.Value is { } value ? $"={value}" : $" {variable.FieldPath}{variable.Source}")));
        Assert.Equal(new Location("test.yaml", 8, 7), container.Environment[1].At);
        Assert.Equal(["ConfigMap web", "Secret db"], container.EnvironmentSources.Select(static source => source.Value));
    }

    [Fact]
    public void A_node_has_its_labels_taints_and_addresses()
    {
        Node node = ManifestText.Single<Node>("""
            apiVersion: v1
            kind: Node
            metadata: {name: node-1, labels: {kubernetes.io/os: linux}}
            spec:
              unschedulable: true
              taints: [{key: node-role.kubernetes.io/control-plane, effect: NoSchedule}]
            status:
              addresses: [{type: InternalIP, address: 192.0.2.1}]
            """);

        Assert.Equal("Node node-1", node.ToString());
        Assert.Equal(new Taint("node-role.kubernetes.io/control-plane", "", "NoSchedule"), Assert.Single(node.Taints));
        Assert.Equal("192.0.2.1", Assert.Single(node.Addresses).Value);
        Assert.True(node.IsUnschedulable);
    }

    [Fact]
    public void A_network_policy_without_a_selector_is_about_all_pods()
    {
        NetworkPolicy all = ManifestText.Single<NetworkPolicy>(
            "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: deny}\nspec: {podSelector: {}, policyTypes: [Ingress]}");
        NetworkPolicy some = ManifestText.Single<NetworkPolicy>("""
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: deny}
            spec: {podSelector: {matchExpressions: [{key: app, operator: In, values: [web]}]}}
            """);

        Assert.True(all.PodSelector.Matches(FieldReader.NoText));
        Assert.False(some.PodSelector.Matches(FieldReader.NoText));
    }

    [Fact]
    public void A_list_is_its_items_and_a_broken_item_is_one_diagnostic()
    {
        ManifestSet set = ManifestText.Read("""
            {"apiVersion": "v1", "kind": "List", "items": [
              {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}, "spec": {"hostNetwork": "yes"}},
              {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "b"}, "spec": {}},
              {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}}
            ]}
            """);

        Assert.Equal("Pod default/b", Assert.Single(set.Objects).ToString());
        Assert.Equal(new Location("test.yaml", 2, 90), Assert.Single(set.Diagnostics).At);
        Assert.Equal(new Dictionary<string, int> { ["ConfigMap"] = 1 }, set.Skipped);
    }

    [Fact]
    public void What_helm_and_kustomize_print_is_read_as_it_comes()
    {
        // Comments that name the template, documents that a condition has left empty, a CRD, blank lines, no newline at the end.
        ManifestSet set = ManifestText.Read("""
            ---
            # Source: web/crds/crd.yaml
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata: {name: x}
            ---
            # Source: web/templates/empty.yaml


            ---
            # Source: web/templates/daemonset.yaml
            # This file is generated.
            apiVersion: "apps/v1"
            kind: "DaemonSet"
            metadata:
              name: release-web
              namespace: "shop"
              labels:
                helm.sh/chart: web-1.2.3
                app.kubernetes.io/version: "1.0"
            spec:
              template:
                metadata:
                  annotations:
                    checksum/config: |-

                      e3b0c442
                spec:
                  # Optional
                  containers:
                    - name: web

                      ports:
                        - name: http
                          containerPort: 80
                          hostPort: 8080
                          protocol: TCP
            ---
            ---
            # Source: web/templates/tests/test.yaml
            apiVersion: v1
            kind: Pod
            metadata:
              name: "release-web-test"
              annotations:
                "helm.sh/hook": test
            spec:
              containers:
                - name: wget
                  command: ['wget']
                  args:  ['release-web:80']
              restartPolicy: Never
            """);

        Assert.Empty(set.Diagnostics);
        Assert.Equal(["DaemonSet shop/release-web", "Pod default/release-web-test"], set.Objects.Select(static found => found.ToString()));
        HostPortClaim claim = Assert.Single(HostPortClaim.Of(set.Workloads.First().Template.Spec));
        Assert.Equal(("TCP 8080", "test.yaml:36:25"), (claim.ToString(), claim.At.ToString()));
        Assert.Equal(new Dictionary<string, int> { ["CustomResourceDefinition"] = 1 }, set.Skipped);
    }

    [Fact]
    public void Items_of_a_typed_list_need_not_repeat_what_they_are()
    {
        ManifestSet set = ManifestText.Read(
            """{"kind": "PodList", "apiVersion": "v1", "items": [{"metadata": {"name": "a"}, "spec": {"nodeName": "n"}}]}""");

        Assert.Equal("Pod default/a", Assert.Single(set.Objects).ToString());
    }

    [Theory]
    [InlineData("{\"kind\": \"Pod\", \"metadata\": {\"name\": b\"}, \"spec\": {}}\n{\"kind\": \"Pod\", \"metadata\": {\"name\": \"c\"}, \"spec\": {}}", 2, 38)]
    [InlineData("{\"kind\": \"Pod\", \"metadata\": {\"name\"", 2, 36)]
    [InlineData("]", 2, 1)]
    public void What_stands_before_an_error_in_json_is_read(string rest, int line, int column)
    {
        ManifestSet set = ManifestText.Read("{\"kind\": \"Pod\", \"metadata\": {\"name\": \"a\"}, \"spec\": {}, \"spec\": {}}\n" + rest);

        Assert.Equal("a", Assert.Single(set.Objects).Metadata.Name.Value);
        Assert.False(set.IsComplete);
        Assert.Equal([DiagnosticSeverity.Warning, DiagnosticSeverity.Error], set.Diagnostics.Select(static diagnostic => diagnostic.Severity));
        Assert.StartsWith("this is not JSON: ", set.Diagnostics[1].Message, StringComparison.Ordinal);
        Assert.Equal(new Location("test.yaml", line, column), set.Diagnostics[1].At);
    }

    [Fact]
    public void Json_values_may_follow_one_another()
    {
        ManifestSet set = ManifestText.Read("""
            {"kind": "Pod", "metadata": {"name": "a"}, "spec": {}}
            {"kind": "Pod", "metadata": {"name": "\u0062\/"}, "spec": {}}
            """);

        Assert.Equal(["a", "b/"], set.Objects.Select(static pod => pod.Metadata.Name.Value));
        Assert.Equal(2, set.Objects[1].Metadata.At.Line);
    }

    [Fact]
    public void Other_kinds_are_counted_and_the_same_name_of_another_group_is_another_kind()
    {
        ManifestSet set = ManifestText.Read("""
            apiVersion: serving.knative.dev/v1
            kind: Service
            metadata: {name: a}
            ---
            apiVersion: v1
            kind: Secret
            metadata: {name: a}
            ---
            apiVersion: v1
            kind: Secret
            metadata: {name: b}
            ---
            replicaCount: 2
            """);

        Assert.Empty(set.Diagnostics);
        Assert.Empty(set.Objects);
        Assert.Equal(
            new Dictionary<string, int> { ["(no kind)"] = 1, ["Secret"] = 2, ["Service"] = 1 }, set.Skipped);
    }

    [Theory]
    [InlineData("apiVersion: v1\nmetadata: {name: a}", "kind is missing: this is no Kubernetes object")]
    [InlineData("kind: Pod\nspec: {}", "Pod: metadata.name is missing")]
    [InlineData("kind: Pod\nmetadata: {name: a}", "spec is missing")]
    [InlineData("apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec: {}", "spec.template is missing")]
    [InlineData("- a\n- b", "no Kubernetes object: a list, but must be a map")]
    [InlineData("hello", "no Kubernetes object: \"hello\" is a string, but must be a map")]
    public void What_an_object_cannot_do_without_is_named(string text, string message) =>
        Assert.Equal(message, Assert.Single(ManifestText.Read(text).Diagnostics).Message);

    [Fact]
    public void A_pod_of_a_cluster_has_its_owner_phase_and_end()
    {
        Workload pod = ManifestText.Single<Workload>("""
            kind: Pod
            metadata:
              name: web-1
              deletionTimestamp: "2026-01-01T00:00:00Z"
              ownerReferences:
              - {kind: Other, name: x}
              - {kind: ReplicaSet, name: web, controller: true}
            spec: {nodeName: node-1}
            status: {phase: Running}
            """);

        Assert.Equal(
            (new OwnerReference("ReplicaSet", "web"), "Running", true),
            (pod.Metadata.Controller, pod.Phase, pod.Metadata.IsTerminating));
    }
}
