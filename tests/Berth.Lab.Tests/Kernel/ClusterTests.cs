namespace Berth.Lab.Tests.Kernel;

/// <summary>What a cluster of a lab does: its pods, its overlay, its Services.</summary>
public sealed class ClusterTests
{
    private const string TwoNodes = """
        nodes: [{ name: node-1 }, { name: node-2, addresses: [192.0.2.99] }]

        """;

    private const string Pods = """
        manifests:
          - { apiVersion: v1, kind: Pod, metadata: { name: one, labels: { app: web } }, spec: { nodeName: node-1, containers: [{ name: c, image: echo, ports: [{ containerPort: 80 }, { containerPort: 53, protocol: UDP }] }] } }
          - { apiVersion: v1, kind: Pod, metadata: { name: two, labels: { app: web } }, spec: { nodeName: node-2, containers: [{ name: c, image: echo, ports: [{ containerPort: 80, hostPort: 8080 }, { containerPort: 53, protocol: UDP }] }] } }
          - { apiVersion: v1, kind: Pod, metadata: { name: host, labels: { app: host } }, spec: { nodeName: node-2, hostNetwork: true, containers: [{ name: c, image: echo, ports: [{ name: web, containerPort: 9000 }] }] } }

        """;

    private const string Services = """
          - { apiVersion: v1, kind: Service, metadata: { name: web }, spec: { type: LoadBalancer, clusterIP: 10.96.0.10, externalIPs: [203.0.113.10, 192.0.2.99], selector: { app: web }, ports: [{ name: http, port: 3306, targetPort: 80, nodePort: 30306 }, { name: dns, port: 53, protocol: UDP }] }, status: { loadBalancer: { ingress: [{ ip: 203.0.113.20 }] } } }
          - { apiVersion: v1, kind: Service, metadata: { name: host }, spec: { selector: { app: host }, ports: [{ port: 80, targetPort: web }] } }
          - { apiVersion: v1, kind: Service, metadata: { name: none }, spec: { type: NodePort, externalIPs: [203.0.113.30], selector: { app: none }, ports: [{ port: 80, nodePort: 30080 }] } }

        """;

    private const string ServiceProbes = """
        probes:
          - { from: node/node-1, to: "service/web:3306", expect: [one, two], times: 30 }
          - { from: pod/one, to: "service/web:3306", expect: [one, two], times: 30 }
          - { from: pod/host, to: "service/web:3306", expect: [one, two], times: 30 }
          - { from: outside, to: "node/node-1:30306", expect: [one, two], times: 30 }
          - { from: outside, to: "203.0.113.10:3306", expect: [one, two], times: 30 }
          - { from: outside, to: "203.0.113.20:3306", expect: [one, two], times: 30 }
          - { from: outside, to: "192.0.2.99:3306", expect: [one, two], times: 30 }
          - { from: pod/one, to: "service/web:53", protocol: udp, expect: [one, two], times: 30 }
          - { from: node/node-1, to: service/host, expect: host }
          - { from: pod/one, to: service/none, expect: refused }
          - { from: node/node-1, to: service/none, expect: refused }
          - { from: outside, to: "node/node-1:30080", expect: refused }
          - { from: outside, to: "203.0.113.30:80", expect: refused }
        steps:
          - delete: [pod/two]
            probes:
              - { from: node/node-1, to: "service/web:3306", expect: one, times: 10 }
              - { from: outside, to: "node/node-2:30306", expect: one, source: overlay/node-2 }
          - restart: kube-proxy
            probes:
              - { from: node/node-2, to: "service/web:3306", expect: one }
          - kill: pod/one
            probes:
              - { from: node/node-2, to: "service/web:3306", expect: refused }
              - { from: node/node-2, to: "pod/one:80", expect: refused }
          - delete: [service/web]
            probes:
              - { from: outside, to: "node/node-2:30306", expect: refused }

        """;

    // A NodePort is at every address of a node; a Service's address leads to nothing but the Service's ports, though the node
    // has it, and something there listens at all of its addresses.
    private const string IpvsProbes = """
          - { from: pod/one, to: "10.244.1.1:30306", expect: [one, two], times: 30 }
          - { from: pod/one, to: "10.244.2.0:30306", expect: [one, two], times: 30 }
          - { from: pod/two, to: "node/node-2:9000", expect: host }
          - { from: pod/two, to: "10.96.0.10:9000", expect: refused, explain: KUBE-IPVS-FILTER }
          - { from: node/node-2, to: "203.0.113.10:9000", expect: refused, explain: KUBE-IPVS-FILTER }

        """;

    /// <summary>Services in IPVS mode.</summary>
    internal static readonly string IpvsLab = $"{TwoNodes}kubeProxy: {{ mode: ipvs }}\n"
        + ServiceProbes.Replace("steps:\n", $"{IpvsProbes}steps:\n", StringComparison.Ordinal) + Pods + Services;

    /// <summary>kube-proxy goes from each mode to each other one.</summary>
    internal static readonly string ModesLab = Modes(
        "iptables", "nftables", "iptables", "ipvs", "iptables", "none", "nftables", "ipvs", "nftables", "none", "ipvs", "none", "iptables");

    [Theory]
    [InlineData("vxlan", "bridge", "0.4.0")]
    [InlineData("vxlan", "ptp", "1.0.0")]
    [InlineData("routes", "bridge", "0.3.1")]
    [InlineData("vxlan", "bridge", "0.3.0")]
    [InlineData("routes", "ptp", "0.2.0")]
    [InlineData("routes", "bridge", "0.1.0")]
    public void Pods_reach_pods_of_other_nodes_with_their_own_addresses(string overlay, string plugin, string version) =>
        Run(PodToPod(overlay, plugin, version), Pods);

    [Fact]
    public void Plugins_that_speak_CNI_1_1_wire_pods_too()
    {
        // Debian's do not: this one says the same in its own version's words.
        DirectoryInfo plugins = Directory.CreateTempSubdirectory("berth-cni-");
        try
        {
            string bridge = Path.Combine(plugins.FullName, "bridge");
            File.WriteAllText(bridge, """
                #!/bin/sh
                result=$(sed 's/"cniVersion": *"1.1.0"/"cniVersion":"1.0.0"/g' | /usr/lib/cni/bridge)
                code=$?
                printf '%s\n' "$result" | sed 's/"cniVersion": *"1.0.0"/"cniVersion": "1.1.0"/'
                exit $code
                """);
            File.SetUnixFileMode(bridge, UnixFileMode.UserRead | UnixFileMode.UserExecute);
            using LabFileOnDisk file = new($"{TwoNodes}{PodToPod("vxlan", "bridge", "1.1.0")}\n{Pods}");
            LabProcess.Run("run", "--cni-path", $"{plugins.FullName}:/usr/lib/cni", file.Path).ExitsWith(0);
        }
        finally
        {
            plugins.Delete(recursive: true);
        }
    }

    [Fact]
    public void Plugins_are_found_where_the_lab_has_directories_of_its_own()
    {
        // As k3s has them, below /var/lib.
        string plugins = $"/run/berth-cni-{Guid.NewGuid()}";
        Directory.CreateDirectory(plugins);
        try
        {
            foreach (string plugin in (string[])["bridge", "ptp", "host-local"])
            {
                File.Copy($"/usr/lib/cni/{plugin}", Path.Combine(plugins, plugin));
            }

            using LabFileOnDisk file = new($"{TwoNodes}{PodToPod("vxlan", "bridge", "1.0.0")}\n{Pods}");
            LabProcess.Run("run", "--cni-path", plugins, file.Path).ExitsWith(0);
        }
        finally
        {
            Directory.Delete(plugins, recursive: true);
        }
    }

    [Fact]
    public void Berth_explain_agrees_that_nobody_answers_where_no_program_of_a_pod_listens_and_where_there_is_no_pod() => Run("""
        probes:
          - { from: node/node-1, to: "pod/two:9", expect: refused, explain: true }
          - { from: pod/one, to: "pod/two:9", protocol: udp, expect: refused, explain: true }
          - { from: pod/one, to: "pod/two:53", protocol: udp, expect: two, explain: true }
          - { from: node/node-2, to: "10.244.2.77:80", expect: unreachable, explain: true }
          - { from: outside, to: "pod/two:80", expect: unreachable, explain: true }
          - { from: outside, to: "203.0.113.10:3306", expect: [one, two], times: 30, explain: true }
          - { from: node/node-1, to: "node/node-2:8080", expect: two, explain: true }
          - { from: node/node-1, to: "node/node-2:9", expect: refused, explain: true }
        steps:
          - kill: pod/two
            probes: [{ from: outside, to: "node/node-2:8080", expect: refused, explain: true }]

        """, Pods + Services);

    [Fact]
    public void Kube_proxy_goes_from_mode_to_mode_and_leaves_nothing_of_the_former()
    {
        using LabFileOnDisk file = new(Modes("iptables", "nftables", "iptables", "none", "nftables", "none", "iptables"));
        LabProcess.Run("run", file.Path).ExitsWith(0);
    }

    // In each mode what serves is seen, and that nothing else is there. Where nothing serves, an address of Services is routed like
    // any other, to the outside, which has no use for it.
    private static string Modes(params string[] modes)
    {
        string steps = string.Concat(modes.Select(static mode => $$"""
              - restart: kube-proxy
                mode: {{mode}}
                probes:
                  - { from: node/node-1, to: "service/web:3306", expect: {{(mode == "none" ? "timeout" : "[one, two], times: 10")}} }
                  - { from: pod/two, to: "service/web:3306", expect: {{(mode == "none" ? "timeout" : "[one, two], times: 10")}} }
                  - { from: outside, to: "node/node-1:30306", expect: {{(mode == "none" ? "refused" : "[one, two], times: 10")}} }
                  - { from: outside, to: "node/node-2:8080", expect: two, source: outside }
                  - { at: node/node-1, run: [sh, -c, "iptables-save; nft list tables; ip link; ipset list -n; cat /proc/net/ip_vs; true"], {{Traces(mode)}} }

            """));
        return $"{TwoNodes}kubeProxy: {{ mode: {modes[^1]} }}\nsteps:\n{steps}\n{Pods}{Services}";
    }

    private static string Traces(string mode) => mode switch
    {
        "iptables" => "shows: KUBE-SVC, hides: [KUBE-IPVS, KUBE-CLUSTER-IP, kube-proxy, kube-ipvs0, TCP]",
        "nftables" => "shows: kube-proxy, hides: [KUBE, kube-ipvs0, TCP]",
        "ipvs" => "shows: [KUBE-IPVS-FILTER, KUBE-CLUSTER-IP, kube-ipvs0, TCP], hides: [KUBE-SVC, KUBE-FIREWALL, table ip kube-proxy]",
        _ => "shows: eth0, hides: [KUBE, kube-proxy, kube-ipvs0, TCP]",
    };

    [Theory]
    [InlineData("iptables", "[one, two]")]
    [InlineData("nftables", "refused")]
    public void NodePorts_answer_at_localhost_in_iptables_mode_alone(string mode, string expected) => Run($$"""
        kubeProxy: { mode: {{mode}} }
        probes:
          - { from: node/node-1, to: "localhost:30306", expect: {{expected}} }
          - { from: node/node-1, to: "node/node-1:30306", expect: [one, two] }
        """, Pods + Services);

    private static string PodToPod(string overlay, string plugin, string version) => $$"""
        network: { overlay: {{overlay}}, plugin: {{plugin}}, cniVersion: {{version}} }
        probes:
          - { from: pod/one, to: "pod/two:80", expect: two, source: pod/one }
          - { from: pod/two, to: "pod/one:53", protocol: udp, expect: one, source: pod/two }
          - { from: pod/one, to: "pod/one:80", expect: one }
          - { from: pod/one, to: "node/node-2:8080", expect: two }
          - { from: outside, to: "node/node-2:8080", expect: two, source: outside }
          - { from: pod/one, to: "pod/host:9000", expect: host }
          - { from: outside, to: "node/node-2:9000", expect: host, source: outside }
          - { from: pod/one, to: "outside:9", expect: refused }
          - { at: node/node-2, run: [ls, /var/lib/cni/results], shows: podnet- }
        steps:
          - delete: [pod/two]
            probes:
              - { from: outside, to: "node/node-2:8080", expect: refused }
              - { at: node/node-2, run: [ls, /var/lib/cni/results], hides: podnet- }
        """;

    [Theory]
    [InlineData("mode: iptables")]
    [InlineData("mode: iptables, iptables: legacy")]
    [InlineData("mode: nftables")]
    public void Services_answer_at_each_of_their_addresses_or_refuse(string proxy) =>
        Run($"kubeProxy: {{ {proxy} }}\n{ServiceProbes}", Pods + Services);

    [Fact]
    public void Services_answer_in_IPVS_mode_or_the_lab_says_that_this_kernel_has_none()
    {
        using LabFileOnDisk file = new(IpvsLab);
        LabProcess lab = LabProcess.Run("run", file.Path);
        if (lab.Process.ExitCode == 4)
        {
            Assert.Contains("this kernel has no", lab.Errors, StringComparison.Ordinal);
            Assert.Contains("eng/kernel-vm", lab.Errors, StringComparison.Ordinal);
            Assert.Empty(lab.Output.Trim());
            return;
        }

        lab.ExitsWith(0);
    }

    [Theory]
    [InlineData("iptables", "nft")]
    [InlineData("iptables-legacy", "legacy")]
    public void Rules_of_iptables_are_moved_and_removed_as_by_hand(string program, string flavour) => Run($$"""
        kubeProxy: { mode: iptables, iptables: {{flavour}} }
        probes:
          - { from: node/node-2, to: "service/web:3306", expect: [one, two] }
        steps:
          - { run: [{{program}}, -t, nat, -A, OUTPUT, -p, tcp, -d, 198.51.100.1, -j, ACCEPT], at: node/node-2 }
          - at: node/node-2
            rule: { do: move to the front, program: {{program}}, table: nat, chain: OUTPUT, holding: 198.51.100.1 }
            probes:
              - { at: node/node-2, run: [sh, -c, "{{program}} -t nat -S OUTPUT | sed -n 2p"], shows: 198.51.100.1 }
          - at: node/node-2
            rule: { do: move to the end, program: {{program}}, table: nat, chain: OUTPUT, holding: 198.51.100.1 }
            probes:
              - { at: node/node-2, run: [sh, -c, "{{program}} -t nat -S OUTPUT | tail -n 1"], shows: 198.51.100.1 }
          - at: node/node-2
            rule: { do: remove, program: {{program}}, table: nat, chain: OUTPUT, holding: KUBE-SERVICES }
            probes:
              - { from: node/node-2, to: "service/web:3306", expect: timeout }
              - { from: node/node-1, to: "service/web:3306", expect: [one, two] }
        """, Pods + Services);

    [Theory]
    [InlineData("iptables", "nft")]
    [InlineData("iptables-legacy", "legacy")]
    public void A_restart_of_kube_proxy_leaves_its_jumps_where_they_are_and_puts_back_what_is_missing(string program, string flavour) => Run($$"""
        kubeProxy: { mode: iptables, iptables: {{flavour}} }
        steps:
          - { run: [{{program}}, -t, nat, -I, OUTPUT, -p, tcp, -d, 198.51.100.1, -j, ACCEPT], at: node/node-2 }
          - restart: kube-proxy
            probes:
              - { at: node/node-2, run: [sh, -c, "{{program}} -t nat -S OUTPUT | sed -n 2p"], shows: 198.51.100.1 }
              - { at: node/node-2, run: [sh, -c, "{{program}} -t nat -S OUTPUT | grep -c KUBE-SERVICES"], shows: "1" }
              - { from: node/node-2, to: "service/web:3306", expect: [one, two] }
          - at: node/node-2
            rule: { do: remove, program: {{program}}, table: nat, chain: OUTPUT, holding: KUBE-SERVICES }
          - restart: kube-proxy
            at: node/node-1
            probes:
              - { from: node/node-2, to: "service/web:3306", expect: timeout }
          - restart: kube-proxy
            at: node/node-2
            probes:
              - { at: node/node-2, run: [sh, -c, "{{program}} -t nat -S OUTPUT | sed -n 2p"], shows: KUBE-SERVICES }
              - { from: node/node-2, to: "service/web:3306", expect: [one, two] }
          - restart: kube-proxy
            mode: none
            probes:
              - { at: node/node-2, run: [sh, -c, "{{program}}-save; true"], hides: KUBE }
        """, Pods + Services);

    [Theory]
    [InlineData("{ mode: iptables }", "nft flush ruleset")]
    [InlineData("{ mode: iptables, iptables: legacy }", "for t in mangle filter nat; do iptables-legacy -t $t -F; iptables-legacy -t $t -X; done")]
    [InlineData("{ mode: nftables }", "nft flush ruleset")]
    public void What_somebody_has_flushed_kube_proxy_puts_back_with_the_next_change_or_restart(string proxy, string flush)
    {
        using LabFileOnDisk file = new(Flushed(proxy, flush));
        LabProcess.Run("run", file.Path).ExitsWith(0);
    }

    /// <summary>The same in IPVS mode.</summary>
    internal static readonly string FlushedIpvsLab = Flushed("{ mode: ipvs }", "nft flush ruleset");

    private static string Flushed(string proxy, string flush) => $$"""
        {{TwoNodes}}
        kubeProxy: {{proxy}}
        steps:
          - at: node/node-2
            run: [sh, -c, "{{flush}}"]
            probes:
              - { at: node/node-2, run: [sh, -c, "iptables-save; iptables-legacy-save; nft list tables"], hides: [KUBE-SERVICES, kube-proxy] }
          - restart: kube-proxy
            at: node/node-2
            probes:
              - { from: pod/two, to: "service/web:3306", expect: [one, two], times: 20 }
              - { from: outside, to: "node/node-2:30306", expect: [one, two], times: 20 }
          - { at: node/node-2, run: [sh, -c, "{{flush}}"] }
          - apply: [{ apiVersion: v1, kind: Service, metadata: { name: more }, spec: { type: NodePort, selector: { app: host }, ports: [{ port: 80, targetPort: web, nodePort: 30090 }] } }]
            probes:
              - { from: pod/two, to: "service/web:3306", expect: [one, two], times: 20 }
              - { from: pod/one, to: service/more, expect: host }
              - { from: outside, to: "node/node-2:30090", expect: host }
          - { at: node/node-2, run: [sh, -c, "{{flush}}"] }
          - restart: kube-proxy
            mode: none
            probes:
              - { at: node/node-2, run: [sh, -c, "iptables-save; iptables-legacy-save; nft list tables"], hides: [KUBE-, kube-proxy] }

        {{Pods}}{{Services}}
        """;

    [Fact]
    public void Rules_of_nft_are_moved_and_removed_as_by_hand_and_what_has_no_way_is_unreachable() => Run("""
        kubeProxy: { mode: nftables }
        steps:
          - at: node/node-1
            rule: { do: move to the front, program: nft, table: ip kube-proxy, chain: services, holding: "@service-nodeports" }
            probes:
              - { at: node/node-1, run: [sh, -c, "nft list chain ip kube-proxy services | sed -n 3p"], shows: "@service-nodeports" }
              - { from: node/node-1, to: "service/web:3306", expect: [one, two] }
          - at: node/node-1
            rule: { do: move to the end, program: nft, table: ip kube-proxy, chain: services, holding: "@service-nodeports" }
            probes:
              - { at: node/node-1, run: [sh, -c, "nft list chain ip kube-proxy services | sed -n 3p"], shows: "@service-ips" }
          - at: node/node-1
            rule: { do: remove, program: nft, table: ip kube-proxy, chain: services, holding: "@service-nodeports" }
            probes:
              - { from: outside, to: "node/node-1:30306", expect: refused }
              - { from: outside, to: "node/node-2:30306", expect: [one, two] }
          - run: [ip, route, add, unreachable, 198.51.100.1]
            at: node/node-1
            probes:
              - { from: node/node-1, to: "198.51.100.1:80", expect: unreachable }
        """, Pods + Services);

    [Fact]
    public void Namespaces_networks_hostIP_and_everything_that_can_be_deleted_are_as_the_page_says() => Run("""
        network: { podCIDR: 10.10.0.0/16, serviceCIDR: 10.20.0.0/16 }
        images: [{ image: dns, runs: echo, listens: [5353/udp] }]
        probes:
          - { from: pod/dns, to: "pod/shop/api:80", expect: shop/api, source: pod/dns }
          - { from: pod/shop/api, to: "pod/dns:5353", protocol: udp, expect: default/dns, source: pod/shop/api }
          - { from: pod/dns, to: service/shop/api, expect: shop/api }
          - { at: node/node-1, run: [echo, "{pod/dns}", "{service/shop/api}"], shows: "10.10.1.2 10.20.0." }
          # With hostIP the port is on that address alone.
          - { from: outside, to: "192.0.2.99:8080", expect: shop/api, source: outside, explain: true }
          - { from: outside, to: "node/node-2:8080", expect: refused, explain: true }
          - { at: node/node-2, run: [sh, -c, "berth ls --pods /run/berth-lab/pods.json | cat"], shows: shop/api }
          - { pods: shop/web, phase: Running, count: 2 }
          - { pods: set, phase: Running, count: 1 }
          - { pods: state, phase: Running, count: 1 }
          - { pods: each, phase: Running, count: 2 }
        steps:
          - apply: [{ apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: { name: deny, namespace: shop }, spec: { podSelector: {}, policyTypes: [Ingress] } }]
            probes:
              - { from: pod/dns, to: "pod/shop/api:80", expect: timeout }
              - { from: pod/shop/api, to: service/shop/api, expect: shop/api }
          - delete: [networkpolicy/shop/deny]
            probes: [{ from: pod/dns, to: "pod/shop/api:80", expect: shop/api }]
          - delete: [deployment/shop/web, replicaset/set, statefulset/state, daemonset/each]
            probes:
              - { pods: shop/web, phase: Running, count: 0 }
              - { pods: set, phase: Running, count: 0 }
              - { pods: state, phase: Running, count: 0 }
              - { pods: each, phase: Running, count: 0 }
          # The processes are gone; the pod's network and its host port are not.
          - kill: pod/shop/api
            probes:
              - { from: outside, to: "192.0.2.99:8080", expect: refused }
              - { at: node/node-2, run: [nft, list, map, ip, berth, hostports_at], shows: "192.0.2.99 . tcp . 8080" }
        """, """
        manifests:
          - { apiVersion: v1, kind: Pod, metadata: { name: dns }, spec: { nodeName: node-1, containers: [{ name: c, image: dns }] } }
          - { apiVersion: v1, kind: Pod, metadata: { name: api, namespace: shop, labels: { app: api } }, spec: { nodeName: node-2, containers: [{ name: c, image: echo, ports: [{ containerPort: 80, hostPort: 8080, hostIP: 192.0.2.99 }] }] } }
          - { apiVersion: v1, kind: Service, metadata: { name: api, namespace: shop }, spec: { selector: { app: api }, ports: [{ port: 80 }] } }
          - { apiVersion: apps/v1, kind: Deployment, metadata: { name: web, namespace: shop }, spec: { replicas: 2, selector: { matchLabels: { app: web } }, template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: c, image: echo }] } } } }
          - { apiVersion: apps/v1, kind: ReplicaSet, metadata: { name: set }, spec: { replicas: 1, template: { spec: { containers: [{ name: c, image: echo }] } } } }
          - { apiVersion: apps/v1, kind: StatefulSet, metadata: { name: state }, spec: { replicas: 1, template: { spec: { containers: [{ name: c, image: echo }] } } } }
          - { apiVersion: apps/v1, kind: DaemonSet, metadata: { name: each }, spec: { template: { spec: { containers: [{ name: c, image: echo }] } } } }
        """);

    [Fact]
    public void Nodes_have_the_labels_and_addresses_of_the_file()
    {
        using LabFileOnDisk file = new("""
            nodes: [{ name: node-1, address: 192.0.2.50, labels: { disk: hdd } }, { name: node-2, addresses: [192.0.2.99], labels: { disk: ssd } }]
            manifests:
              - { apiVersion: v1, kind: Pod, metadata: { name: db }, spec: { nodeSelector: { disk: ssd }, containers: [{ name: c, image: echo, ports: [{ containerPort: 80, hostPort: 80 }] }] } }
              - { apiVersion: v1, kind: Pod, metadata: { name: nowhere }, spec: { nodeSelector: { disk: tape }, containers: [{ name: c, image: echo }] } }
            probes:
              - { pod: db, phase: Running, node: node-2 }
              - { pod: nowhere, phase: Pending, reason: Unschedulable, message: "didn't match Pod's node affinity/selector" }
              - { from: node/node-1, to: "node/node-2:80", expect: db, source: 192.0.2.50 }
              - { from: outside, to: "192.0.2.12:80", expect: db }
              - { from: outside, to: "192.0.2.99:80", expect: db }
              - { from: outside, to: "192.0.2.50:80", expect: refused }
              - { at: node/node-1, run: [ip, -br, address, show, eth0], shows: 192.0.2.50/24 }
            """);
        LabProcess.Run("run", file.Path).ExitsWith(0);
    }

    [Fact]
    public void Of_two_pods_in_the_nodes_network_that_listen_on_one_port_the_second_does_not_start()
    {
        using LabFileOnDisk file = new("""
            nodes: [{ name: node-1 }]
            images: [{ image: agent, runs: echo, listens: [9100/tcp] }]
            manifests:
              - { apiVersion: v1, kind: Pod, metadata: { name: first }, spec: { hostNetwork: true, containers: [{ name: c, image: agent }] } }
            steps:
              - apply: [{ apiVersion: v1, kind: Pod, metadata: { name: second }, spec: { hostNetwork: true, containers: [{ name: c, image: agent }] } }]
                probes:
                  - { pod: first, phase: Running }
                  - { pod: second, phase: Running, reason: CrashLoopBackOff, message: Address already in use }
                  - { from: outside, to: "node/node-1:9100", expect: first, times: 20 }
            """);
        LabProcess.Run("run", file.Path).ExitsWith(0);
    }

    [Fact]
    public void A_plugin_that_fails_is_the_reason_why_its_pod_waits_and_nothing_of_it_stays() => Run("""
        portmap: { plugin: /bin/false }
        probes:
          - { pod: one, phase: Pending, reason: FailedCreatePodSandBox, message: "plugin portmap failed (ADD)" }
          - { pod: host, phase: Running }
          - { at: node/node-1, run: [ip, netns, list], hides: one }
          - { at: node/node-1, run: [ls, /var/lib/cni/results], hides: podnet-, exit: 2 }
        """, Pods);

    [Fact]
    public void A_pod_without_network_is_named_with_what_its_plugin_said_and_its_probes_with_what_they_look_at()
    {
        using LabFileOnDisk file = new($$"""
            {{TwoNodes}}portmap: { plugin: /bin/true }
            probes:
              - { from: pod/one, to: "node/node-2:9000", expect: host }
              - { from: node/node-1, to: "pod/one:80", expect: one }
            {{Pods}}
            """);
        LabProcess lab = LabProcess.Run("run", "-o", "wide", file.Path).ExitsWith(1);

        Assert.Matches(@"WRONG  pod/one -> node/node-2:9000 +pod/one does not run, so nothing can be done from there\n", lab.Output);
        Assert.Matches(@"WRONG  node/node-1 -> pod/one:80 +pod default/one has no address: it does not run\n", lab.Output);
        Assert.Contains("pod default/one on node-1: FailedCreatePodSandBox: plugin portmap failed (ADD):\n  it printed no result\n", lab.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_program_that_ends_is_said_with_its_last_words()
    {
        using LabFileOnDisk file = new("""
            nodes: [{ name: node-1 }]
            images: [{ image: bad, command: [sh, -c, "echo no database; exit 3"] }]
            manifests:
              - { apiVersion: v1, kind: Pod, metadata: { name: bad }, spec: { containers: [{ name: c, image: bad, ports: [{ containerPort: 80 }] }] } }
            probes:
              - { pod: bad, phase: Running, reason: CrashLoopBackOff, message: "ended with exit code 3: no database" }
              - { from: node/node-1, to: "pod/bad:80", expect: bad }
            """);
        LabProcess lab = LabProcess.Run("run", file.Path).ExitsWith(1);

        Assert.Contains("1 of 2 as expected", lab.Output, StringComparison.Ordinal);
        Assert.Contains("pod default/bad on node-1: CrashLoopBackOff: sh ended with exit code 3: no\n  database\n", lab.Output, StringComparison.Ordinal);
    }

    private static void Run(string lab, string manifests)
    {
        using LabFileOnDisk file = new($"{TwoNodes}{lab}\n{manifests}");
        LabProcess.Run("run", file.Path).ExitsWith(0);
    }
}
