using Berth.Manifests;

namespace Berth.Lab.Tests.Files;

/// <summary>What Kubernetes refuses is an error of the file, with its place: nothing may vanish without a word, nor may a name that is
/// none get into the lab's files and rules.</summary>
public sealed class ManifestCheckTests
{
    private const string Node = "nodes: [{ name: a }]\nmanifests:\n";
    private const string Long = "a-name-of-more-than-sixty-three-characters-as-no-label-of-the-dns-has-it";
    private const string Label = "a name is at most 63 lower-case letters, digits and dashes, and neither begins nor ends with a dash";

    private const string Subdomain =
        "a name is at most 253 lower-case letters, digits, dashes and dots, and begins and ends with a letter or digit, as does each part of it";

    [Theory]
    [InlineData(
        "{ apiVersion: v1, kind: Pod, metadata: { name: p }, spec: { hostNetwork: true, containers: [{ name: c, image: echo, ports: [{ containerPort: 80, hostPort: 81 }] }] } }",
        "lab.yaml:3:160: error: Pod default/p: the API server refuses it: spec.containers[0].ports[0].hostPort: Invalid value: 81: must match `containerPort` when `hostNetwork` is true")]
    [InlineData(
        "{ apiVersion: v1, kind: Pod, metadata: { name: p }, spec: { containers: [{ name: c, image: echo, ports: [{ containerPort: 80, hostPort: 82 }, { containerPort: 81, hostPort: 82 }] }] } }",
        "lab.yaml:3:178: error: Pod default/p: the API server refuses it: container c: hostPort: Duplicate value: \"TCP//82\"")]
    [InlineData(
        "{ apiVersion: apps/v1, kind: Deployment, metadata: { name: d }, spec: { template: { spec: { hostNetwork: true, containers: [{ name: c, image: echo, ports: [{ containerPort: 80, hostPort: 84 }] }] } } } }",
        "lab.yaml:3:192: error: Deployment default/d: the API server refuses its pods: spec.containers[0].ports[0].hostPort: Invalid value: 84: must match `containerPort` when `hostNetwork` is true")]
    [InlineData(
        "{ apiVersion: v1, kind: Pod, metadata: { name: p }, spec: { initContainers: [{ name: c, image: echo, restartPolicy: Always, ports: [{ containerPort: 80, hostPort: 65536 }] }], containers: [{ name: d, image: echo }] } }",
        "lab.yaml:3:168: error: Pod default/p: the API server refuses it: spec.initContainers[0].ports[0].hostPort: Invalid value: 65536: must be between 1 and 65535, inclusive")]
    [InlineData(
        "{ apiVersion: v1, kind: Pod, metadata: { name: p }, spec: { containers: [{ name: c, image: echo, ports: [{ containerPort: 80, hostPort: 80, protocol: SCTP }] }] } }",
        "lab.yaml:3:155: error: protocol: SCTP, but a lab serves TCP and UDP alone")]
    [InlineData(
        "{ apiVersion: v1, kind: Pod, metadata: { name: p }, spec: { containers: [{ name: c, image: echo, ports: [{ containerPort: 80, protocol: SCTP }] }] } }",
        "lab.yaml:3:141: error: protocol: SCTP, but a lab serves TCP and UDP alone")]
    [InlineData(
        "{ apiVersion: batch/v1, kind: Job, metadata: { name: j }, spec: { completions: 3, template: { spec: { restartPolicy: Never, containers: [{ name: c, image: echo }] } } } }",
        "lab.yaml:3:84: error: Job default/j: completions: 3, but a lab makes the 1 that may run at once (parallelism), and none after: say parallelism: 3 too")]
    [InlineData(
        "{ apiVersion: batch/v1, kind: CronJob, metadata: { name: j }, spec: { jobTemplate: { spec: { completions: 3, parallelism: 2, template: { spec: { restartPolicy: Never, containers: [{ name: c, image: echo }] } } } } } }",
        "lab.yaml:3:111: error: CronJob default/j: completions: 3, but a lab makes the 2 that may run at once (parallelism), and none after: say parallelism: 3 too")]
    [InlineData(
        "{ apiVersion: v1, kind: Pod, metadata: { name: p }, spec: { restartPolicy: never, containers: [{ name: c, image: echo }] } }",
        "lab.yaml:3:80: error: Pod default/p: the API server refuses it: restartPolicy: never: supported values: Always, OnFailure, Never")]
    [InlineData(
        "{ apiVersion: apps/v1, kind: Deployment, metadata: { name: d }, spec: { template: { spec: { restartPolicy: OnFailure, containers: [{ name: c, image: echo }] } } } }",
        "lab.yaml:3:112: error: Deployment default/d: the API server refuses it: restartPolicy: OnFailure: supported values: Always")]
    [InlineData(
        "{ apiVersion: v1, kind: Pod, metadata: { name: p }, spec: { nodeName: a } }",
        "lab.yaml:3:63: error: Pod default/p: the API server refuses it: spec.containers: Required value")]
    [InlineData(
        "{ apiVersion: apps/v1, kind: Deployment, metadata: { name: d }, spec: { selector: { matchLabels: { app: web } }, template: { metadata: { labels: { app: other } }, spec: { containers: [{ name: c, image: echo }] } } } }",
        "lab.yaml:3:5: error: Deployment default/d: the API server refuses it: spec.selector does not match spec.template.metadata.labels")]
    [InlineData(
        "{ apiVersion: batch/v1, kind: Job, metadata: { name: j }, spec: { template: { spec: { containers: [{ name: c, image: echo }] } } } }",
        "lab.yaml:3:89: error: Job default/j: the API server refuses it: restartPolicy: Always: supported values: OnFailure, Never")]
    public void A_pod_that_the_API_server_refuses_or_a_lab_does_not_run(string manifest, string error) => AssertError(manifest, error);

    [Theory]
    [InlineData("type: NodePort, ports: [{ port: 80, nodePort: 80 }]", "ports: nodePort: 80: not in the valid range, which is 30000-32767")]
    [InlineData("ports: [{ port: 80, nodePort: 30080 }]", "ports: nodePort: 30080: may not be used when `type` is 'ClusterIP'")]
    [InlineData("type: NodePort, ports: [{ name: a, port: 80, nodePort: 30080 }, { name: b, port: 81, nodePort: 30080 }]", "ports: nodePort: Duplicate value: 30080/TCP")]
    [InlineData("ports: [{ port: 0 }]", "ports: port: 0: must be between 1 and 65535, inclusive")]
    [InlineData("ports: [{ port: 65536 }]", "ports: port: 65536: must be between 1 and 65535, inclusive")]
    [InlineData("ports: [{ name: a }]", "ports: port: 0: must be between 1 and 65535, inclusive")]
    [InlineData("ports: [{ port: 80, targetPort: 70000 }]", "ports: targetPort: 70000: must be between 1 and 65535, inclusive")]
    [InlineData("ports: [{ name: a, port: 80 }, { name: b, port: 80 }]", "ports: Duplicate value: 80/TCP")]
    [InlineData("ports: [{ name: a, port: 80 }, { name: a, port: 81 }]", "ports: name: Duplicate value: \"a\"")]
    [InlineData("ports: [{ name: a, port: 80 }, { port: 81 }]", "ports: of several each has a name")]
    [InlineData("ports: [{ name: 'a\" -j ACCEPT', port: 80 }]", "ports: name: \"a\" -j ACCEPT\": " + Label)]
    [InlineData("selector: { app: x }", "ports: Required value")]
    [InlineData("type: NodePort, ports: []", "ports: Required value")]
    [InlineData("type: Nodeport, ports: [{ port: 80 }]", "type: Nodeport: supported values: ClusterIP, ExternalName, LoadBalancer, NodePort")]
    [InlineData("allocateLoadBalancerNodePorts: true, ports: [{ port: 80 }]", "allocateLoadBalancerNodePorts: may only be used when `type` is 'LoadBalancer'")]
    [InlineData("type: NodePort, clusterIP: None, ports: [{ port: 80 }]", "clusterIP: None: a NodePort has an address")]
    public void A_Service_that_the_API_server_refuses(string fields, string error) => Assert.EndsWith(
        $"error: Service default/s: the API server refuses it: {error}",
        Assert.Single(LabText.Errors($"{Node}  - {{ apiVersion: v1, kind: Service, metadata: {{ name: s }}, spec: {{ {fields} }} }}")), StringComparison.Ordinal);

    [Theory]
    [InlineData("type: NodePort, ports: [{ port: 80, nodePort: 30080 }]", ":11:119: error: Service default/two: the API server refuses it: ports: nodePort: 30080: provided port is already allocated, to Service default/one")]
    [InlineData("type: NodePort, ports: [{ port: 80, protocol: UDP, nodePort: 30080 }]", "ports: nodePort: 30080: provided port is already allocated, to Service default/one")]
    [InlineData("clusterIP: 10.96.0.9, ports: [{ port: 81 }]", "clusterIP: 10.96.0.9: provided IP is already allocated, to Service default/one")]
    [InlineData("externalIPs: [203.0.113.1], ports: [{ port: 80 }]", "Service default/two: 203.0.113.1:80 (TCP) leads to Service default/one too, and a lab serves one alone: change one")]
    public void Two_Services_that_want_the_same_at_one_time(string fields, string error)
    {
        string lab = $$"""
            nodes: [{ name: a }]
            manifests:
              - apiVersion: v1
                kind: Service
                metadata: { name: one }
                spec: { type: NodePort, clusterIP: 10.96.0.9, externalIPs: [203.0.113.1], ports: [{ port: 80, nodePort: 30080 }] }
            steps:
              - apply: [{ apiVersion: v1, kind: Service, metadata: { name: one }, spec: { type: NodePort, clusterIP: 10.96.0.9, externalIPs: [203.0.113.1], ports: [{ port: 80, nodePort: 30080 }] } }]
            {0}
              - apply:
                - { apiVersion: v1, kind: Service, metadata: { name: two }, spec: { {{fields}} } }
            """;

        Assert.EndsWith(error, Assert.Single(LabText.Errors(lab.Replace("{0}", "  - restart: kube-proxy", StringComparison.Ordinal))), StringComparison.Ordinal);

        // Not when the first is gone by then.
        LabText.Lab(lab.Replace("{0}", "  - delete: [service/one]", StringComparison.Ordinal));
    }

    [Fact]
    public void A_name_for_another_one_in_the_DNS_has_neither_address_nor_rules()
    {
        ServiceDirectory services = new(System.Net.IPNetwork.Parse("10.96.0.0/16"));
        services.Apply(Service("ext", "type: ExternalName, externalName: example.org, ports: [{ port: 80 }]"));
        services.Apply(Service("web", "ports: [{ port: 80 }]"));

        Assert.Equal(["default/web"], services.Served([]).Select(static port => port.Name));
        Assert.Null(services.ClusterIPOf(services.Find("default", "ext")!));
    }

    [Fact]
    public void What_a_Service_is_given_another_may_not_want_but_may_have_when_it_is_gone()
    {
        ServiceDirectory services = new(System.Net.IPNetwork.Parse("10.96.0.0/16"));
        services.Apply(Service("one", "type: NodePort, ports: [{ port: 80 }]"));
        Assert.Equal(("10.96.0.16", 30000), (services.Served([])[0].ClusterIP.ToString(), services.Served([])[0].NodePort));

        Service port = Service("two", "type: NodePort, ports: [{ port: 80, nodePort: 30000 }]");
        Service address = Service("two", "clusterIP: 10.96.0.16, ports: [{ port: 80 }]");
        Assert.EndsWith(
            "nodePort: 30000 was given to Service default/one, which asks for none: give that one another",
            Assert.Throws<LabException>(() => services.Apply(port)).Message, StringComparison.Ordinal);
        Assert.EndsWith(
            "clusterIP: 10.96.0.16 was given to Service default/one, which asks for none: give that one another",
            Assert.Throws<LabException>(() => services.Apply(address)).Message, StringComparison.Ordinal);
        services.Apply(Service("one", "type: NodePort, ports: [{ port: 80, nodePort: 30000 }]"));

        services.Delete("default", "one");
        services.Apply(port);
        services.Apply(address);
    }

    [Theory]
    [InlineData("{ apiVersion: v1, kind: Pod, metadata: { name: ../p }, spec: { containers: [{ name: c, image: echo }] } }", "Pod: \"../p\": " + Subdomain)]
    [InlineData("{ apiVersion: v1, kind: Pod, metadata: { name: P }, spec: { containers: [{ name: c, image: echo }] } }", "Pod: \"P\": " + Subdomain)]
    [InlineData("{ apiVersion: v1, kind: Pod, metadata: { name: a..b }, spec: { containers: [{ name: c, image: echo }] } }", "Pod: \"a..b\": " + Subdomain)]
    [InlineData("{ apiVersion: v1, kind: Pod, metadata: { generateName: a_ }, spec: { containers: [{ name: c, image: echo }] } }", "Pod: \"a_\": " + Subdomain)]
    [InlineData("{ apiVersion: v1, kind: Pod, metadata: { name: p, namespace: a/b }, spec: { containers: [{ name: c, image: echo }] } }", "Pod p: namespace \"a/b\": " + Label)]
    [InlineData("{ apiVersion: v1, kind: Pod, metadata: { name: p }, spec: { containers: [{ name: ../../../tmp/c, image: echo }] } }", "Pod default/p: container \"../../../tmp/c\": " + Label)]
    [InlineData("{ apiVersion: v1, kind: Pod, metadata: { name: p }, spec: { containers: [{ image: echo }] } }", "Pod default/p: container \"\": " + Label)]
    [InlineData("{ apiVersion: v1, kind: Pod, metadata: { name: p }, spec: { containers: [{ name: c, image: echo }], initContainers: [{ name: c, image: echo }] } }", "Pod default/p: there are two containers c: rename one")]
    [InlineData("{ apiVersion: v1, kind: Service, metadata: { name: a.b }, spec: { ports: [{ port: 80 }] } }", "Service: \"a.b\": " + Label)]
    [InlineData("{ apiVersion: v1, kind: Service, metadata: { name: " + Long + " }, spec: { ports: [{ port: 80 }] } }", "Service: \"" + Long + "\": " + Label)]
    [InlineData("{ apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: { name: 'x\"' }, spec: { policyTypes: [Ingress] } }", "NetworkPolicy: \"x\"\": " + Subdomain)]
    [InlineData("{ apiVersion: v1, kind: Pod, metadata: { name: " + Long + "." + Long + "." + Long + " }, spec: { containers: [{ name: c, image: echo }] } }", "it may have 200 characters")]
    public void A_name_that_Kubernetes_does_not_accept(string manifest, string error) =>
        Assert.EndsWith(error, Assert.Single(LabText.Errors($"{Node}  - {manifest}")), StringComparison.Ordinal);

    [Fact]
    public void Names_that_it_accepts() => LabText.Lab(Node + """
          - { apiVersion: v1, kind: Pod, metadata: { name: a-1.example, namespace: x-2 }, spec: { containers: [{ name: c-1, image: echo }, { name: d, image: echo }] } }
          - { apiVersion: v1, kind: Pod, metadata: { generateName: web- }, spec: { containers: [{ name: c, image: echo }] } }
          - { apiVersion: v1, kind: Service, metadata: { name: s1 }, spec: { ports: [{ name: a, port: 53 }, { name: b, port: 53, protocol: UDP }] } }
          - { apiVersion: v1, kind: Service, metadata: { name: s2 }, spec: { type: NodePort, ports: [{ name: a, port: 53, nodePort: 30053 }, { name: b, port: 53, protocol: UDP, nodePort: 30053 }] } }
          - { apiVersion: v1, kind: Service, metadata: { name: headless }, spec: { clusterIP: None } }
          - { apiVersion: v1, kind: Service, metadata: { name: elsewhere }, spec: { type: ExternalName, externalName: example.org } }
        """);

    // Without policyTypes one with egress rules is about both.
    [Theory]
    [InlineData("egress: [{}]", false)]
    [InlineData("egress: [{ to: [] }], ingress: []", false)]
    [InlineData("policyTypes: [Egress]", false)]
    [InlineData("policyTypes: [Ingress], ingress: [{}]", false)]
    [InlineData("egress: []", true)]
    [InlineData("policyTypes: [Ingress], egress: [{}]", true)]
    public void A_policy_that_says_more_than_to_deny_all_ingress_is_an_error(string fields, bool isFine)
    {
        string lab = $"{Node}  - {{ apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {{ name: x }}, spec: {{ podSelector: {{}}, {fields} }} }}";
        if (isFine)
        {
            LabText.Lab(lab);
        }
        else
        {
            Assert.Equal(
                ["lab.yaml:3:5: error: NetworkPolicy default/x: a lab enforces policies that deny all ingress, and no other: leave out its rules and Egress"],
                LabText.Errors(lab));
        }
    }

    [Fact]
    public void What_does_not_run_here_need_not_be_known() => LabText.Lab(Node + """
          - { apiVersion: v1, kind: Pod, metadata: { name: p }, spec: { containers: [{ name: c, image: echo }], initContainers: [{ name: d, image: unknown, ports: [{ containerPort: 80, protocol: SCTP }] }] } }
          - { apiVersion: batch/v1, kind: Job, metadata: { name: j }, spec: { completions: 3, parallelism: 4, template: { spec: { restartPolicy: Never, containers: [{ name: c, image: echo }] } } } }
          - { apiVersion: batch/v1, kind: Job, metadata: { name: k }, spec: { completions: 3, suspend: true, template: { spec: { restartPolicy: Never, containers: [{ name: c, image: echo }] } } } }
          - { apiVersion: v1, kind: Service, metadata: { name: s }, spec: { type: LoadBalancer, allocateLoadBalancerNodePorts: true, publishNotReadyAddresses: false, ports: [{ port: 80 }] } }
        """);

    [Theory]
    [InlineData("kind: Pod, metadata: { name: x }, spec: { hostnetwork: true, containers: [{ name: c, image: echo }] }", "Pod default/x: unknown field \"spec.hostnetwork\": write hostNetwork")]
    [InlineData("kind: Pod, metadata: { name: x }, spec: { containers: [{ name: c, image: echo, ports: [{ containerPort: 80, hostport: 80 }] }] }", "Pod default/x: unknown field \"spec.containers[0].ports[0].hostport\": write hostPort")]
    [InlineData("kind: Deployment, metadata: { name: x }, spec: { replica: 3, template: { spec: { containers: [{ name: c, image: echo }] } } }", "Deployment default/x: unknown field \"spec.replica\": write replicas")]
    [InlineData("kind: CronJob, metadata: { name: x }, spec: { jobTemplate: { spec: { template: { spec: { restartPolicy: Never, nodename: a, containers: [{ name: c, image: echo }] } } } } }", "CronJob default/x: unknown field \"spec.jobTemplate.spec.template.spec.nodename\": write nodeName")]
    [InlineData("kind: Service, metadata: { name: x }, spec: { selectr: { app: web }, ports: [{ port: 80 }] }", "Service default/x: unknown field \"spec.selectr\": write selector")]
    [InlineData("kind: Service, metadata: { name: x }, spec: { ports: [{ port: 80, nodeport: 30080 }] }", "Service default/x: unknown field \"spec.ports[0].nodeport\": write nodePort")]
    [InlineData("kind: NetworkPolicy, metadata: { name: x }, spec: { podSelector: {}, policyType: [Ingress] }", "NetworkPolicy default/x: unknown field \"spec.policyType\": write policyTypes")]
    public void A_key_that_is_misspelt(string manifest, string error) =>
        Assert.Contains(
            LabText.Errors($"{Node}  - {{ apiVersion: {Version(manifest)}, {manifest} }}"), found => found.EndsWith($"error: {error}", StringComparison.Ordinal));

    [Theory]
    [InlineData("kind: Pod, metadata: { name: x }, spec: { somethingNew: true, containers: [{ name: c, image: echo }] }", "Pod default/x: unknown field \"spec.somethingNew\": a lab does nothing with it")]
    [InlineData("kind: Service, metadata: { name: x }, spec: { ports: [{ port: 80, weight: 3 }] }", "Service default/x: unknown field \"spec.ports[0].weight\": a lab does nothing with it")]
    public void A_key_that_Kubernetes_may_have_by_now_is_a_warning(string manifest, string warning)
    {
        using MemoryStream stream = new(System.Text.Encoding.UTF8.GetBytes($"{Node}  - {{ apiVersion: v1, {manifest} }}"));

        LabFileReading reading = LabFileReader.Read("lab.yaml", stream);

        Assert.NotNull(reading.File);
        Assert.EndsWith($"warning: {warning}", Assert.Single(reading.Diagnostics).ToString(), StringComparison.Ordinal);
    }

    private static string Version(string manifest) =>
        manifest.StartsWith("kind: Dep", StringComparison.Ordinal) ? "apps/v1"
        : manifest.StartsWith("kind: Cron", StringComparison.Ordinal) ? "batch/v1"
        : manifest.StartsWith("kind: Net", StringComparison.Ordinal) ? "networking.k8s.io/v1" : "v1";

    private static void AssertError(string manifest, string error) => Assert.Equal([error], LabText.Errors($"{Node}  - {manifest}"));

    private static Service Service(string name, string fields) => Assert.IsType<Service>(Assert.Single(
        LabText.Lab($"{Node}  - {{ apiVersion: v1, kind: Service, metadata: {{ name: {name} }}, spec: {{ {fields} }} }}").Manifests));
}
