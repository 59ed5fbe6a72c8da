namespace Berth.Manifests.Tests.Checks;

/// <summary>Services against host ports: who answers depends on kube-proxy's mode and on the plugin.</summary>
public sealed class ServicePortTests
{
    private const string Node = "---\nkind: Node\nmetadata: {name: n1}\nstatus: {addresses: [{type: InternalIP, address: 192.0.2.10}]}\n";

    // The plugins in a row: not said, Berth, the reference's iptables backend, its nftables backend.
    [Theory]
    [InlineData(null, "Note, silent, silent, Note")]
    [InlineData(KubeProxyMode.Iptables, "silent, silent, silent, silent")]
    [InlineData(KubeProxyMode.Nftables, "silent, silent, silent, silent")]
    [InlineData(KubeProxyMode.Ipvs, "Warning, silent, silent, Error")]
    public void At_a_cluster_ip_the_mode_and_the_plugin_decide(KubeProxyMode? mode, string expected) =>
        Assert.Equal(expected, Row(mode, Service("{ports: [{port: 8080}]}")));

    [Theory]
    [InlineData(null, "Note, silent, Note, Warning")]
    [InlineData(KubeProxyMode.Iptables, "Note, silent, silent, Warning")]
    [InlineData(KubeProxyMode.Nftables, "Warning, silent, Warning, Warning")]
    [InlineData(KubeProxyMode.Ipvs, "Warning, silent, silent, Error")]
    public void At_an_external_ip_the_mode_and_the_plugin_decide(KubeProxyMode? mode, string expected) =>
        Assert.Equal(expected, Row(mode, Service("{ports: [{port: 8080}], externalIPs: [192.0.2.10]}")));

    [Theory]
    [InlineData(null, "Warning, silent, Warning, Warning")]
    [InlineData(KubeProxyMode.Iptables, "Warning, silent, silent, Error")]
    [InlineData(KubeProxyMode.Nftables, "Warning, silent, Error, Error")]
    [InlineData(KubeProxyMode.Ipvs, "Warning, silent, silent, Error")]
    public void An_external_ip_that_a_node_has_is_worse(KubeProxyMode? mode, string expected) =>
        Assert.Equal(expected, Row(mode, Service("{ports: [{port: 8080}], externalIPs: [192.0.2.10]}") + Node));

    [Theory]
    [InlineData("{ports: [{port: 8080}], externalIPs: [192.0.2.10]}", "hostPort: 8080", true)]
    [InlineData("{ports: [{port: 8080}], externalIPs: [192.0.2.10]}", "hostPort: 8080, hostIP: 192.0.2.10", true)]
    [InlineData("{ports: [{port: 8080}], externalIPs: [192.0.2.10]}", "hostPort: 8080, hostIP: 192.0.2.11", false)]
    [InlineData("{ports: [{port: 8080}], externalIPs: [192.0.2.10]}", "hostPort: 8081", false)]
    [InlineData("{ports: [{port: 8080, protocol: UDP}], externalIPs: [192.0.2.10]}", "hostPort: 8080", false)]
    [InlineData("{ports: [{port: 8080, targetPort: 80}], selector: {app: a}, externalIPs: [192.0.2.10]}", "hostPort: 8080", false)]
    [InlineData("{ports: [{port: 8080}], clusterIP: None, externalIPs: [192.0.2.10]}", "hostPort: 8080", false)]
    [InlineData("{type: LoadBalancer, ports: [{port: 8080}]}\nstatus: {loadBalancer: {ingress: [{ip: 192.0.2.10}]}}", "hostPort: 8080", true)]
    [InlineData("{type: LoadBalancer, ports: [{port: 8080}]}\nstatus: {loadBalancer: {ingress: [{ip: 192.0.2.10, ipMode: Proxy}]}}", "hostPort: 8080", false)]
    [InlineData("{type: LoadBalancer, ports: [{port: 8080}]}\nstatus: {loadBalancer: {ingress: [{hostname: lb}]}}", "hostPort: 8080", false)]
    public void An_address_is_taken_where_the_port_is_the_same_and_the_pod_is_not_the_answer(string spec, string port, bool isTaken)
    {
        Finding[] found = [.. Lint(KubeProxyMode.Nftables, HostPortPlugin.PortmapNftables, Service(spec), port).Where(static finding => finding.Check.Id == "service-port-hijack")];

        Assert.Equal(isTaken ? 1 : 0, found.Length);
        Assert.All(found, static finding => Assert.Contains("of Service default/s at 192.0.2.10", finding.Message, StringComparison.Ordinal));
    }

    // Berth's plugin, the reference's iptables backend, its nftables backend, a pod in the node's network.
    [Theory]
    [InlineData(null, "the Service answers", "only one of the two", "only one of the two", "only one of the two")]
    [InlineData(KubeProxyMode.Iptables, "the Service answers", "the Service answers", "whose rules are newer", "gets nothing")]
    [InlineData(KubeProxyMode.Nftables, "the Service answers", "whose rules are newer", "whose rules are newer", "gets nothing")]
    [InlineData(KubeProxyMode.Ipvs, "the Service answers", "the pod answers", "the pod answers", "only one of the two")]
    public void Who_has_a_node_port_is_said_by_mode_and_plugin(KubeProxyMode? mode, string berth, string iptables, string nftables, string socket)
    {
        string service = Service("{type: NodePort, ports: [{port: 80, nodePort: 8080}]}");

        Assert.Contains(berth, Conflict(mode, HostPortPlugin.Berth, service).Message, StringComparison.Ordinal);
        Assert.Contains(iptables, Conflict(mode, HostPortPlugin.PortmapIptables, service).Message, StringComparison.Ordinal);
        Assert.Contains(nftables, Conflict(mode, HostPortPlugin.PortmapNftables, service).Message, StringComparison.Ordinal);
        Assert.Contains("only one of the two", Conflict(null, null, service).Message, StringComparison.Ordinal);
        Assert.Contains(socket, Conflict(mode, null, service, hostNetwork: true).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("LoadBalancer", false, "the load balancer asks the pod")]
    [InlineData("LoadBalancer", true, "kube-proxy listens there, and only one of the two can bind it")]
    [InlineData("NodePort", false, null)]
    public void Kube_proxy_listens_at_a_health_check_node_port(string type, bool hostNetwork, string? message)
    {
        string service = Service($"{{type: {type}, externalTrafficPolicy: Local, healthCheckNodePort: 8080, ports: [{{port: 80}}]}}");

        if (message is null)
        {
            Assert.DoesNotContain(Lint(null, null, service), static finding => finding.Check.Id == "node-port-conflict");
            return;
        }

        Finding finding = Conflict(KubeProxyMode.Iptables, HostPortPlugin.Berth, service, hostNetwork);
        Assert.Equal(FindingSeverity.Error, finding.Severity);
        Assert.Contains("is also the healthCheckNodePort of Service default/s", finding.Message, StringComparison.Ordinal);
        Assert.Contains(message, finding.Message, StringComparison.Ordinal);
    }

    private static string Row(KubeProxyMode? mode, string objects)
    {
        HostPortPlugin?[] plugins = [null, HostPortPlugin.Berth, HostPortPlugin.PortmapIptables, HostPortPlugin.PortmapNftables];
        return string.Join(", ", plugins.Select(plugin => Lint(mode, plugin, objects)
            .Where(finding => finding.Check.Id == "service-port-hijack" && finding.Message.Contains("192.0.2.10", StringComparison.Ordinal)
                == objects.Contains("192.0.2.10", StringComparison.Ordinal))
            .Select(static finding => $"{finding.Severity}").SingleOrDefault("silent")));
    }

    private static Finding Conflict(KubeProxyMode? mode, HostPortPlugin? plugin, string service, bool hostNetwork = false) => Assert.Single(
        Lint(mode, plugin, service, hostNetwork ? "containerPort: 8080" : "hostPort: 8080", hostNetwork), static finding => finding.Check.Id == "node-port-conflict");

    private static IReadOnlyList<Finding> Lint(
        KubeProxyMode? mode, HostPortPlugin? plugin, string objects, string port = "hostPort: 8080", bool hostNetwork = false)
    {
        string pod = $"---\nkind: Pod\nmetadata: {{name: p, labels: {{app: a}}}}\nspec:\n  hostNetwork: {(hostNetwork ? "true" : "false")}\n"
            + $"  containers: [{{name: c, ports: [{{{(hostNetwork ? "" : "containerPort: 80, ")}{port}}}]}}]\n";
        ManifestSet set = ManifestText.Read(objects + pod);
        Assert.Empty(set.Diagnostics);
        return Linter.Run(set, new LintOptions { Severity = FindingSeverity.Note, Assumptions = new() { KubeProxy = mode, Plugin = plugin } }).Findings;
    }

    private static string Service(string spec) => $"---\nkind: Service\nmetadata: {{name: s}}\nspec: {spec}\n";
}
