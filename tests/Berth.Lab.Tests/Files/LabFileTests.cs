using System.Net;

namespace Berth.Lab.Tests.Files;

public sealed class LabFileTests
{
    [Fact]
    public void Without_more_than_nodes_a_lab_is_what_most_clusters_are()
    {
        LabFile lab = LabText.Lab("""
            nodes:
              - name: node-1
              - name: node-2
            """);

        Assert.Equal("lab", lab.Name);
        Assert.Equal([IPAddress.Parse("192.0.2.11"), IPAddress.Parse("192.0.2.12")], lab.Nodes.Select(static node => node.Address));
        Assert.Equal(Overlay.Vxlan, lab.Network.Overlay);
        Assert.Equal(KubeProxyMode.Iptables, lab.KubeProxy.Mode);
        Assert.Equal("berth", lab.Portmap.Plugin);
    }

    [Fact]
    public void Everything_that_is_said_is_read()
    {
        LabFile lab = LabText.Lab("""
            name: all
            description: everything
            nodes:
              - { name: a, address: 192.0.2.50, addresses: [192.0.2.51], labels: { disk: ssd } }
            network: { overlay: routes, plugin: ptp, cniVersion: 0.4.0, podCIDR: 10.10.0.0/16, serviceCIDR: 10.20.0.0/16 }
            kubeProxy: { mode: ipvs, iptables: legacy }
            portmap: { plugin: /opt/cni/bin/portmap, config: { snat: false } }
            images:
              - { image: agent, runs: echo, listens: [9100/tcp, 53/udp] }
              - { image: quay.io/x/sleeper:1, command: [sleep, infinity] }
            failedPods: 3
            manifests:
              - { apiVersion: v1, kind: Pod, metadata: { name: web }, spec: { containers: [{ name: c, image: "x/agent:2" }] } }
              - { apiVersion: v1, kind: Service, metadata: { name: web }, spec: { ports: [{ port: 80 }] } }
            probes:
              - { from: outside, to: "node/a:80", protocol: udp, expect: [x, z], source: outside, times: 9, explain: rule }
              - { from: node/a, to: service/web, expect: refused }
              - { at: pod/web, run: [ss, -l], shows: a, hides: [b, c], exit: 0 }
              - { pod: web, phase: Pending, reason: Unschedulable, message: m, heldBy: h, node: a }
              - { pods: web, phase: Failed, reason: NodePorts, count: 3 }
              - { at: pod/web, captures: tcp, while: { from: outside, to: "192.0.2.50:80", expect: timeout }, sees: false }
            steps:
              - { name: add, apply: [{ apiVersion: v1, kind: Service, metadata: { name: b }, spec: { ports: [{ port: 80 }] } }] }
              - { delete: [pod/web, service/default/web] }
              - { restart: kube-proxy, at: node/a }
              - { kill: pod/web }
              - { rule: { do: move to the front, program: nft, table: ip x, chain: c*, holding: h }, at: node/a }
              - { run: ["true"], at: outside, probes: [{ pod: web, phase: Running }] }
            """);

        NodeEntry node = Assert.Single(lab.Nodes);
        Assert.Equal(("a", "192.0.2.50", "192.0.2.51", "ssd"), (node.Name, $"{node.Address}", $"{node.MoreAddresses[0]}", node.Labels["disk"].Value));
        Assert.Equal(
            (Overlay.Routes, "ptp", "0.4.0", "10.10.0.0/16", "10.20.0.0/16"),
            (lab.Network.Overlay, lab.Network.Plugin, lab.Network.CniVersion, $"{lab.Network.PodCidr}", $"{lab.Network.ServiceCidr}"));
        Assert.Equal((KubeProxyMode.Ipvs, true), (lab.KubeProxy.Mode, lab.KubeProxy.IsLegacy));
        Assert.Equal("/opt/cni/bin/portmap", lab.Portmap.Plugin);
        Assert.Equal("snat", Assert.Single(lab.Portmap.Configuration!.Entries).Key);
        Assert.Equal("9100/tcp 53/udp", string.Join(' ', lab.Images[0].Listens));
        Assert.Equal(("sleeper", "sleep infinity"), (lab.Images[1].Image, string.Join(' ', lab.Images[1].Command)));
        Assert.Equal(3, lab.MostFailedPods);
        Assert.Equal(["Pod default/web", "Service default/web"], lab.Manifests.Select(static item => item.ToString()));
        ConnectionProbe first = Assert.IsType<ConnectionProbe>(lab.Probes[0]);
        Assert.Equal(("outside", "node/a:80", 9, true), ($"{first.From}", $"{first.To}", first.Times, first.IsExplained));
        Assert.Equal(Outcome.Refused, Assert.IsType<ConnectionProbe>(lab.Probes[1]).Expected);
        Assert.Equal(["b", "c"], Assert.IsType<CommandProbe>(lab.Probes[2]).Hides);
        Assert.Equal("h", Assert.IsType<PodProbe>(lab.Probes[3]).HeldBy);
        Assert.Equal(3, Assert.IsType<PodCountProbe>(lab.Probes[4]).Count);
        Assert.Equal(Outcome.TimedOut, Assert.IsType<CaptureProbe>(lab.Probes[5]).While.Expected);
        Assert.Equal(
            ["ApplyStep", "DeleteStep", "RestartKubeProxyStep", "KillStep", "RuleStep", "CommandStep"],
            lab.Steps.Select(static step => step.GetType().Name));
        Assert.Single(lab.Steps[5].Probes);
    }

    // A mode that comes in a step is a mode.
    [Fact]
    public void A_kube_proxy_that_came_in_a_step_can_be_restarted() => LabText.Lab("""
        nodes: [{ name: a }]
        kubeProxy: { mode: none }
        steps:
          - { restart: kube-proxy, mode: nftables }
          - { restart: kube-proxy }
          - { restart: kube-proxy, mode: iptables, iptables: legacy }
        """);

    // What is wrong, and where: file, line, column, the value, and what to do about it.
    [Theory]
    [InlineData("nodes: []", "lab.yaml:1:1: error: nodes: 0 of them, but must be between 1 and 200, such as `- name: node-1`")]
    [InlineData("nodes:\n  - { name: Node }", "lab.yaml:2:13: error: nodes[0].name: \"Node\", but must be lower-case letters, digits and dashes, and not outside")]
    [InlineData("nodes:\n  - { name: a }\n  - { name: a }", "lab.yaml:3:13: error: nodes[1].name: there are two nodes a: rename one")]
    [InlineData("nodes:\n  - { name: a, address: 10.0.0.1 }", "lab.yaml:2:25: error: nodes[0].address: \"10.0.0.1\", but must be an address between 192.0.2.2 and 192.0.2.254 (192.0.2.1 is the machine outside)")]
    [InlineData("nodes:\n  - { name: a, address: 192.0.2.50, addresses: [192.0.2.50] }", "lab.yaml:2:49: error: nodes[0].addresses: a has 192.0.2.50 already: remove it")]
    [InlineData("nodes:\n  - { name: a, addresses: [192.0.2.9, 192.0.2.9] }", "lab.yaml:2:39: error: nodes[0].addresses: a has 192.0.2.9 already: remove it")]
    [InlineData("nodes: [{ name: a }]\nkubeproxy: {}", "lab.yaml:2:1: error: kubeproxy: there is no such key; write one of name, description, nodes, network, kubeProxy, portmap, images, failedPods, manifests, probes, steps")]
    [InlineData("nodes: [{ name: a }]\nkubeProxy: { mode: ebpf }", "lab.yaml:2:20: error: kubeProxy.mode: \"ebpf\", but must be one of iptables, nftables, ipvs, none")]
    [InlineData("nodes: [{ name: a }]\nnetwork: { podCIDR: 10.0.0.0/24 }", "lab.yaml:2:21: error: network.podCIDR: \"10.0.0.0/24\", but must be a network of IPv4 with the prefix length 16, such as 10.244.0.0/16")]
    [InlineData("nodes: [{ name: a }]\nportmap: { plugin: mine }", "lab.yaml:2:20: error: portmap.plugin: \"mine\", but must be berth, reference or an absolute path")]
    [InlineData("nodes: [{ name: a }]\nfailedPods: 0", "lab.yaml:2:13: error: failedPods: 0, but must be between 1 and 100")]
    [InlineData("nodes: [{ name: a }]\nmanifests:\n  - { file: none.yaml }", "lab.yaml:3:13: error: manifests[0].file: there is no file none.yaml (paths begin where the lab file is)")]
    [InlineData("nodes: [{ name: a }]\nmanifests:\n  - { apiVersion: v1, kind: ConfigMap, metadata: { name: x } }", "lab.yaml:3:5: error: a lab does nothing with ConfigMap: remove it. It knows Pods and the workloads, Services and NetworkPolicies")]
    [InlineData("nodes: [{ name: a }]\nmanifests:\n  - { apiVersion: v1, kind: Pod, metadata: { name: x }, spec: { containers: [{ name: c, image: redis }] } }", "lab.yaml:3:96: error: nobody knows what the image \"redis\" runs here: say it under `images:`, as `- {image: redis, runs: echo}`")]
    [InlineData("nodes: [{ name: a }]\nimages: [{ image: x }]", "lab.yaml:2:10: error: images[0].runs: say either what it runs (echo, nginx or mariadb) or a command")]
    [InlineData("nodes: [{ name: a }]\nimages:\n  - { image: a/agent, runs: echo }\n  - { image: \"b/agent:2\", runs: nginx }", "lab.yaml:4:5: error: images[1].image: lab.yaml:3:5 says what agent runs, and registries and tags make no difference: remove one")]
    [InlineData("nodes: [{ name: a }]\nprobes: [{ name: x }]", "lab.yaml:2:10: error: probes[0].to is missing: a probe has `from` and `to`, `at` and `run`, `at` and `captures`, `pod`, or `pods`")]
    [InlineData("nodes: [{ name: a }]\nprobes: [{ from: node/b, to: \"localhost:1\", expect: x }]", "lab.yaml:2:18: error: there is no node b; there are a")]
    [InlineData("nodes: [{ name: a }]\nprobes: [{ from: b, to: \"localhost:1\", expect: x }]", "lab.yaml:2:18: error: \"b\" is no place: write outside, node/NAME, pod/NAME or pod/NAMESPACE/NAME")]
    [InlineData("nodes: [{ name: a }]\nprobes: [{ from: outside, to: node/a, expect: x }]", "lab.yaml:2:31: error: \"node/a\" has no port: write node/a:PORT")]
    [InlineData("nodes: [{ name: a }]\nprobes: [{ from: outside, to: \"node/a:0\", expect: x }]", "lab.yaml:2:31: error: \"node/a:0\": the port must be between 1 and 65535, as in service/NAME, service/NAME:PORT, node/NAME:PORT, pod/NAME:PORT, outside:PORT, localhost:PORT or ADDRESS:PORT")]
    [InlineData("nodes: [{ name: a }]\nprobes: [{ from: outside, to: service/x, expect: x }]", "lab.yaml:2:31: error: no Service default/x is in any manifest")]
    [InlineData("nodes: [{ name: a }]\nprobes: [{ pod: x-1, phase: Running }]", "lab.yaml:2:10: error: no manifest makes a pod default/x-1 (the pods of a workload are called NAME-1, NAME-2 and on)")]
    [InlineData("nodes: [{ name: a }]\nprobes: [{ from: outside, to: \"node/a:1\", expect: refused, source: outside }]", "lab.yaml:2:68: error: probes[0].source: nobody sees a source address when nobody answers: remove it")]
    [InlineData("nodes: [{ name: a }]\nsteps: [{ kill: pod/x, restart: kube-proxy }]", "lab.yaml:2:9: error: steps[0].apply: a step does one thing: apply, delete, restart, kill, rule, run; this one does 2")]
    [InlineData("nodes: [{ name: a }]\nkubeProxy: { mode: none }\nsteps: [{ restart: kube-proxy }]", "lab.yaml:3:9: error: there is no kube-proxy to restart: its mode is none")]
    [InlineData("nodes: [{ name: a }, { name: b }]\nsteps:\n  - { restart: kube-proxy, mode: none, at: node/a }\n  - { restart: kube-proxy }\n  - { restart: kube-proxy, at: node/a }", "lab.yaml:5:5: error: there is no kube-proxy to restart: its mode is none")]
    [InlineData("nodes: [{ name: a }]\nsteps:\n  - { restart: kube-proxy, iptables: legacy }", "lab.yaml:3:28: error: steps[0].iptables: means nothing without mode (kube-proxy comes as it was): remove it")]
    [InlineData("nodes: [{ name: a }]\nsteps:\n  - { restart: kube-proxy, mode: nftables, iptables: legacy }", "lab.yaml:3:44: error: steps[0].iptables: means nothing in mode nftables: remove it")]
    [InlineData("nodes: [{ name: a }]\nkubeProxy: { mode: none, iptables: nft }", "lab.yaml:2:26: error: kubeProxy.iptables: means nothing in mode none: remove it")]
    [InlineData("nodes: [{ name: a }]\nportmap: { config: { type: x } }", "lab.yaml:2:22: error: portmap.config.type: means nothing here, for the lab or the runtime writes it: remove it")]
    [InlineData("nodes: [{ name: a }]\nportmap: { config: { capabilities: {} } }", "lab.yaml:2:22: error: portmap.config.capabilities: means nothing here, for the lab or the runtime writes it: remove it")]
    [InlineData("nodes: [{ name: a }]\nnetwork: { overlay: none, plugin: ptp }", "lab.yaml:2:27: error: network.plugin: means nothing with overlay: none, for no plugin is called: remove it")]
    [InlineData("nodes: [{ name: a }]\nnetwork: { overlay: none, cniVersion: 1.0.0 }", "lab.yaml:2:27: error: network.cniVersion: means nothing with overlay: none, for no plugin is called: remove it")]
    [InlineData("nodes: [{ name: a }]\nnetwork: { overlay: none }\nportmap: { plugin: berth }", "lab.yaml:3:1: error: portmap: means nothing with overlay: none, for no plugin is called: remove it")]
    [InlineData("nodes: [{ name: a }]\nprobes: [{ at: node/a, captures: tcp, while: { name: x, from: outside, to: \"node/a:1\", expect: refused }, sees: true }]", "lab.yaml:2:48: error: probes[0].while.name: means nothing in while, for the probe has one: remove it")]
    [InlineData("nodes: [{ name: a }]\nprobes: [{ pods: web, phase: Failed, reason: NodePort, count: 0 }]", "lab.yaml:2:46: error: probes[0].reason: \"NodePort\", but must be one of Unschedulable, NodePorts, NodeAffinity, TaintToleration, NetworkPluginNotReady, FailedCreatePodSandBox, CrashLoopBackOff, NotReady, Killed, Completed, Error")]
    [InlineData("nodes: [{ name: a }]\nsteps: [{ delete: [deploy/web] }]", "lab.yaml:2:20: error: \"deploy/web\" is no object: write KIND/NAME or KIND/NAMESPACE/NAME, such as pod/web-1 or service/shop/db; kinds are pod, service, deployment, replicaset, daemonset, statefulset, job, cronjob, replicationcontroller, networkpolicy")]
    [InlineData("nodes: [{ name: a }]\nsteps: [{ delete: [service/x] }]", "lab.yaml:2:20: error: no Service default/x is in any manifest")]
    [InlineData("nodes: [{ name: a }]\nmanifests: [{ apiVersion: v1, kind: Service, metadata: { name: x }, spec: { clusterIP: 10.0.0.1, ports: [{ port: 80 }] } }]", "lab.yaml:2:88: error: clusterIP: 10.0.0.1 is not in 10.96.0.0/16 (network.serviceCIDR)")]
    [InlineData("nodes: [{ name: a }]\nprobes: [{ from: outside, to: \"node/a:1\", expect: [p, refused] }]", "lab.yaml:2:10: error: probes[0].expect: refused stands alone, for a list is of names of which each may answer")]
    [InlineData("nodes: [{ name: a }]\nprobes: [{ from: outside, to: \"node/a:1\", expect: p, tie: q }]", "lab.yaml:2:10: error: probes[0].tie: means nothing without explain: remove it, or add `explain: true`")]
    [InlineData("nodes: [{ name: a }]\nprobes: [{ from: outside, to: \"node/a:1\", expect: p, explain: false, tie: q }]", "lab.yaml:2:10: error: probes[0].tie: means nothing without explain: remove it, or add `explain: true`")]
    [InlineData("nodes: [{ name: a }]\nsteps: [{ apply: [], mode: ipvs }]", "lab.yaml:2:22: error: steps[0].mode: means nothing in a step with apply: remove it")]
    [InlineData("nodes: [{ name: a }]\nsteps: [{ apply: [], at: node/a }]", "lab.yaml:2:22: error: steps[0].at: means nothing in a step with apply: remove it")]
    [InlineData("nodes: [{ name: a }]\nsteps: [{ run: [ls], at: node/a, iptables: legacy }]", "lab.yaml:2:34: error: steps[0].iptables: means nothing in a step with run: remove it")]
    [InlineData("nodes: [{ name: a }]\nprobes: [{ at: node/a, run: [nft], hides: \"{pods/p}\" }]", "lab.yaml:2:10: error: {pods/p} stands for no address: write {pod/NAME}, {pod/NAMESPACE/NAME}, {service/NAME}, {service/NAMESPACE/NAME}, {node/NAME}, {gateway/NODE}, {overlay/NODE} or {outside}")]
    [InlineData("nodes: [{ name: a }]\nprobes: [{ at: node/a, run: [nft], shows: \"{node}-{ node/a }\" }]", "lab.yaml:2:10: error: { node/a } stands for no address: write {pod/NAME}, {pod/NAMESPACE/NAME}, {service/NAME}, {service/NAMESPACE/NAME}, {node/NAME}, {gateway/NODE}, {overlay/NODE} or {outside}")]
    [InlineData("nodes: [{ name: a }]\nprobes: [{ at: node/a, run: [nft], hides: [x, \"y {node/b}:80\"] }]", "lab.yaml:2:10: error: there is no node b; there are a")]
    [InlineData("nodes: [{ name: a }]\nprobes: [{ at: node/a, run: [nft, \"{overlay/b}\"] }]", "lab.yaml:2:10: error: there is no node b; there are a")]
    [InlineData("nodes: [{ name: a }]\nprobes: [{ at: node/a, run: [nft], hides: \"{pod/p}\" }]", "lab.yaml:2:10: error: no manifest makes a pod default/p (the pods of a workload are called NAME-1, NAME-2 and on)")]
    [InlineData("nodes: [{ name: a }]\nprobes: [{ at: node/a, run: [nft], hides: \"{pod/x/p-1}\" }]", "lab.yaml:2:10: error: no manifest makes a pod x/p-1 (the pods of a workload are called NAME-1, NAME-2 and on)")]
    [InlineData("nodes: [{ name: a }]\nprobes: [{ at: node/a, run: [nft], hides: \"{service/s}\" }]", "lab.yaml:2:10: error: no Service default/s is in any manifest")]
    [InlineData("nodes: [{ name: a }]\nsteps: [{ at: node/a, run: [ping, \"{gateway/b}\"] }]", "lab.yaml:2:9: error: there is no node b; there are a")]
    [InlineData("nodes: [{ name: a }]\nprobes: [{ from: outside, to: \"node/a:1\", expect: p, source: gateway/b }]", "lab.yaml:2:62: error: there is no node b; there are a")]
    [InlineData("nodes: [{ name: a }]\nprobes: [{ from: outside, to: \"node/a:1\", expect: p, source: nodes/a }]", "lab.yaml:2:62: error: source: \"nodes/a\" is no source: write outside, node/NAME, pod/NAME, gateway/NODE, overlay/NODE or an address")]
    [InlineData("nodes: [{ name: a }]\nprobes: [{ from: node/a, to: \"outside:9\", expect: refused, explain: true }]", "lab.yaml:2:10: error: explain: berth explain ends where a packet leaves the nodes, and does not know who answers outside: leave it out")]
    [InlineData("nodes: [{ name: a }]\nprobes: [{ from: node/a, to: \"192.0.2.1:9\", expect: refused, explain: true }]", "lab.yaml:2:10: error: explain: berth explain ends where a packet leaves the nodes, and does not know who answers outside: leave it out")]
    [InlineData("nodes: [{ name: a }]\nnetwork: { podCIDR: 192.0.0.0/16 }", "lab.yaml:2:21: error: network.podCIDR: \"192.0.0.0/16\" holds 192.0.2.0/24, which is the nodes' own network")]
    [InlineData("nodes: [{ name: a }]\nnetwork: { serviceCIDR: 127.0.0.0/16 }", "lab.yaml:2:25: error: network.serviceCIDR: \"127.0.0.0/16\", but must be of addresses that hosts can have, such as 10.244.0.0/16")]
    [InlineData("nodes: [{ name: a }]\nnetwork: { podCIDR: 10.96.0.0/16 }", "lab.yaml:2:10: error: network.podCIDR: 10.96.0.0/16, and that is serviceCIDR too: change one")]
    [InlineData("", "lab.yaml:1:1: error: this file is empty: docs/lab.md says what a lab is")]
    [InlineData("nodes: [{ name: a }]\n---\nkind: Pod", "lab.yaml:3:1: error: a lab is one document: put manifests under `manifests:`, or into a file of their own")]
    public void What_is_wrong_is_said_with_its_place_its_value_and_the_remedy(string yaml, string error) =>
        Assert.Equal([error], LabText.Errors(yaml));

    [Theory]
    [InlineData("externalTrafficPolicy: Local, ports: [{ port: 80 }]", "error: externalTrafficPolicy: Local, but a lab serves Cluster alone: leave it out")]
    [InlineData("internalTrafficPolicy: Local, ports: [{ port: 80 }]", "error: internalTrafficPolicy: Local, but a lab serves Cluster alone: leave it out")]
    [InlineData("sessionAffinity: ClientIP, ports: [{ port: 80 }]", "error: sessionAffinity: ClientIP, but a lab serves None alone: leave it out")]
    [InlineData("loadBalancerSourceRanges: [192.0.2.0/24], ports: [{ port: 80 }]", "error: loadBalancerSourceRanges: a lab's load balancers answer everybody: leave it out")]
    [InlineData("loadBalancerIP: 203.0.113.1, ports: [{ port: 80 }]", "error: loadBalancerIP: nobody in a lab gives it: say that it was given, as `status: {loadBalancer: {ingress: [{ip: 203.0.113.1}]}}`")]
    [InlineData("publishNotReadyAddresses: true, ports: [{ port: 80 }]", "error: publishNotReadyAddresses: true, but a lab's endpoints are pods that are ready: leave it out")]
    [InlineData("type: LoadBalancer, allocateLoadBalancerNodePorts: false, ports: [{ port: 80 }]", "error: allocateLoadBalancerNodePorts: false, but in a lab a LoadBalancer has them: leave it out")]
    [InlineData("ipFamilies: [IPv4, IPv6], ports: [{ port: 80 }]", "error: ipFamilies: IPv6, but a lab has IPv4 alone: leave it out")]
    [InlineData("ipFamilyPolicy: RequireDualStack, ports: [{ port: 80 }]", "error: ipFamilyPolicy: RequireDualStack, but a lab has IPv4 alone: leave it out")]
    [InlineData("clusterIPs: [\"fd00::1\"], ports: [{ port: 80 }]", "error: \"fd00::1\" is no IPv4 address, and a lab has no other")]
    [InlineData("ports: [{ port: 80, protocol: SCTP }]", "error: protocol: SCTP, but a lab serves TCP and UDP alone")]
    public void What_a_lab_does_not_do_for_a_Service_is_an_error(string field, string error)
    {
        const string Lab = "nodes: [{ name: a }]\nmanifests: [{ apiVersion: v1, kind: Service, metadata: { name: x }, spec: { ";

        Assert.EndsWith(error, Assert.Single(LabText.Errors($"{Lab}{field} }} }}]")), StringComparison.Ordinal);
        LabText.Lab($"{Lab}externalTrafficPolicy: Cluster, internalTrafficPolicy: Cluster, sessionAffinity: None, ports: [{{ port: 80 }}] }} }}]");
    }

    [Fact]
    public void Of_a_manifest_that_cannot_be_read_nothing_is_missed() => Assert.Equal(
        ["lab.yaml:3:11: error: manifests[0].file: there is no file nowhere.yaml (paths begin where the lab file is)", "lab.yaml:6:13: error: there is no node b; there are a"],
        LabText.Errors("""
            nodes: [{ name: a }]
            manifests:
              - file: nowhere.yaml
            probes:
              - { from: pod/web, to: service/web, expect: web }
              - { from: node/b, to: "pod/web:80", expect: web }
              - { pods: web, phase: Running, count: 2 }
            steps: [{ delete: [pod/web] }]
            """));

    [Fact]
    public void One_error_does_not_hide_the_others_and_they_come_as_they_stand_in_the_file() => Assert.Equal(
        [2, 4, 5, 7], LabText.Errors("""
            nodes:
              - { name: a, address: nowhere }
              - { name: b }
            kubeProxy: { mode: x }
            manifests: [{ apiVersion: v1, kind: Pod, metadata: { name: p }, spec: { containers: [{ name: c, image: unknown }] } }]
            probes:
              - { from: outside, to: nowhere, expect: x }
            """).Select(static error => int.Parse(error.Split(':')[1])));
}
