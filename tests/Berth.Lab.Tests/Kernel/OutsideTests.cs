namespace Berth.Lab.Tests.Kernel;

/// <summary>What a lab must not touch, seen from a machine that is namespaces itself, so that nobody else changes it meanwhile: it
/// has links, rules of every kind, namespaces with names, and files where a lab has its own.</summary>
public sealed class OutsideTests
{
    private const string Machine = """
        set -eu
        for directory in /run /var/lib /var/log; do
            mount -n -t tmpfs -o mode=755 tmpfs "$directory"
        done
        mkdir -p /run/lock /var/lib/cni/results /var/lib/cni/networks/podnet /var/log/pods/default_web_1
        echo somebody >/var/lib/cni/results/podnet-1-eth0
        echo 10.244.1.2 >/var/lib/cni/networks/podnet/last_reserved_ip.0
        ip netns add node-1
        ip link set lo up
        ip link add cni0 type bridge
        ip link add eth0 type veth peer name eth1
        ip address add 192.0.2.11/24 dev eth0
        ip link set eth0 up
        nft 'add table ip kube-proxy; add chain ip kube-proxy services { type nat hook prerouting priority dstnat; }'
        nft 'add table ip berth; add map ip berth hostports { type inet_proto . inet_service : ipv4_addr . inet_service; }'
        iptables-nft -t nat -A OUTPUT -p tcp --dport 8080 -j DNAT --to-destination 192.0.2.11
        iptables-legacy -t nat -N KUBE-SERVICES
        iptables-legacy -t nat -A OUTPUT -j KUBE-SERVICES
        ipset create KUBE-CLUSTER-IP hash:ip,port

        state() {
            nft list ruleset
            iptables-nft-save | grep -v '^#'
            iptables-legacy-save -t nat | grep -v '^#'
            ipset save
            ip -o link | sed 's/ qlen .*//'
            ip address; ip rule; ip route show table all
            cat /proc/self/mountinfo
            find /run /var/lib /var/log -xdev | sort
            cat /var/lib/cni/results/* /var/lib/cni/networks/podnet/*
            hostname
            grep -rs . /proc/sys/net/ipv4 /proc/sys/net/ipv6/conf /proc/sys/net/bridge /proc/sys/net/netfilter/nf_conntrack_max || true
        }
        state >"$1/before"
        "$2" lab run -o json "$3" >/dev/null
        state >"$1/after-run"
        "$2" lab up "$3" >/dev/null
        state >"$1/while-up"
        "$2" lab down "$4" >/dev/null
        state >"$1/after-down"
        """;

    [Fact]
    public void Nothing_outside_of_a_lab_is_touched_while_it_is_there_or_after_it()
    {
        using LabFileOnDisk file = new("""
            nodes: [{ name: node-1 }, { name: node-2 }]
            kubeProxy: { mode: iptables, iptables: legacy }
            manifests:
              - { apiVersion: v1, kind: Pod, metadata: { name: web, labels: { app: web } }, spec: { nodeName: node-1, containers: [{ name: c, image: echo, ports: [{ containerPort: 80, hostPort: 8080 }] }] } }
              - { apiVersion: v1, kind: Pod, metadata: { name: host }, spec: { nodeName: node-2, hostNetwork: true, containers: [{ name: c, image: echo, ports: [{ containerPort: 9000 }] }] } }
              - { apiVersion: v1, kind: Service, metadata: { name: web }, spec: { type: NodePort, selector: { app: web }, ports: [{ port: 80 }] } }
            probes:
              - { from: node/node-1, to: "localhost:8080", expect: web }
              - { from: pod/host, to: service/web, expect: web }
            steps:
              - restart: kube-proxy
                mode: nftables
                probes: [{ from: node/node-2, to: service/web, expect: web }]
            """);
        AssertNothingIsTouched(file.Path, file.Name);
    }

    [Fact]
    [Trait("tier", "slow")]
    public void Nor_is_it_by_a_lab_of_real_databases()
    {
        Assert.SkipWhen(
            string.IsNullOrEmpty(Environment.GetEnvironmentVariable("BERTH_REFERENCE_PORTMAP")),
            "the reference plugin cannot be had here: eng/reference-portmap DIR");
        AssertNothingIsTouched("examples/virtual-address-hijack.yaml", "virtual-address-hijack");
    }

    private static void AssertNothingIsTouched(string lab, string name)
    {
        string directory = Directory.CreateTempSubdirectory("berth-outside-").FullName;
        try
        {
            using LabProcess machine = LabProcess.Program(
                ["unshare", "--net", "--mount", "--propagation", "private", "--", "sh", "-c", Machine, "sh", directory, PublishedFiles.Berth, lab, name]);
            machine.ExitsWith(0);

            string before = File.ReadAllText(Path.Combine(directory, "before"));
            Assert.All(
                ["table ip kube-proxy", "-A OUTPUT -j KUBE-SERVICES", "create KUBE-CLUSTER-IP", "/run/netns/node-1", "podnet-1-eth0", "ipv4/ip_forward:"],
                part => Assert.Contains(part, before, StringComparison.Ordinal));
            Assert.All(
                ["after-run", "while-up", "after-down"], when => Assert.Equal(before, File.ReadAllText(Path.Combine(directory, when))));
            machine.AssertNothingIsLeft();
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }
}
