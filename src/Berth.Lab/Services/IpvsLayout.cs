using System.Net;
using System.Text;

namespace Berth.Lab;

/// <summary>What kube-proxy's IPVS mode gives to ipset, iptables-restore and ipvsadm (pkg/proxy/ipvs/proxier.go), for traffic policy
/// Cluster, no session affinity and no source ranges.</summary>
internal sealed class IpvsLayout
{
    private static readonly string[] NatChains =
        ["KUBE-SERVICES", "KUBE-POSTROUTING", "KUBE-NODE-PORT", "KUBE-LOAD-BALANCER", "KUBE-MARK-MASQ"];

    private static readonly string[] FilterChains =
    [
        "KUBE-FORWARD", "KUBE-NODE-PORT", "KUBE-PROXY-FIREWALL", "KUBE-SOURCE-RANGES-FIREWALL", "KUBE-IPVS-FILTER", "KUBE-IPVS-OUT-FILTER",
    ];

    // kube-proxy puts each of its jumps in front of what is there, in this order: the last one comes first.
    internal static readonly string[] NatJumps =
    [
        "OUTPUT -m comment --comment \"kubernetes service portals\" -j KUBE-SERVICES",
        "PREROUTING -m comment --comment \"kubernetes service portals\" -j KUBE-SERVICES",
        "POSTROUTING -m comment --comment \"kubernetes postrouting rules\" -j KUBE-POSTROUTING",
    ];

    internal static readonly string[] FilterJumps =
    [
        "FORWARD -m comment --comment \"kubernetes forwarding rules\" -j KUBE-FORWARD",
        "INPUT -m comment --comment \"kubernetes health check rules\" -j KUBE-NODE-PORT",
        "INPUT -m comment --comment \"kube-proxy firewall rules\" -j KUBE-PROXY-FIREWALL",
        "FORWARD -m comment --comment \"kube-proxy firewall rules\" -j KUBE-PROXY-FIREWALL",
        "INPUT -m comment --comment \"kubernetes ipvs access filter\" -j KUBE-IPVS-FILTER",
        "OUTPUT -m comment --comment \"kubernetes ipvs access filter\" -j KUBE-IPVS-OUT-FILTER",
    ];

    // The last ones keep a Service's address from leading to whatever else listens on the node.
    private static readonly string[] FilterRules =
    [
        "-A KUBE-SOURCE-RANGES-FIREWALL -j DROP",
        "-A KUBE-FORWARD -m comment --comment \"kubernetes forwarding rules\" -m mark --mark 0x4000/0x4000 -j ACCEPT",
        "-A KUBE-FORWARD -m comment --comment \"kubernetes forwarding conntrack rule\" -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
        $"-A KUBE-NODE-PORT {Match(IpvsSets.HealthCheckNodePort, "dst", "Kubernetes health check node port")} -j ACCEPT",
        $"-A KUBE-IPVS-FILTER -m set --match-set {IpvsSets.LoadBalancer} dst,dst -j RETURN",
        $"-A KUBE-IPVS-FILTER -m set --match-set {IpvsSets.ClusterIP} dst,dst -j RETURN",
        $"-A KUBE-IPVS-FILTER -m set --match-set {IpvsSets.ExternalIP} dst,dst -j RETURN",
        $"-A KUBE-IPVS-FILTER -m set --match-set {IpvsSets.ExternalIPLocal} dst,dst -j RETURN",
        $"-A KUBE-IPVS-FILTER -m set --match-set {IpvsSets.HealthCheckNodePort} dst -j RETURN",
        $"-A KUBE-IPVS-FILTER -m conntrack --ctstate NEW -m set --match-set {IpvsSets.Bound} dst -j REJECT",
    ];

    private static readonly string ExternalMatch =
        Match(IpvsSets.ExternalIP, "dst,dst", "Kubernetes service external ip + port for masquerade and filter purpose");

    private readonly IReadOnlyList<ServedPort> _ports;
    private readonly NetworkEntry _network;
    private readonly IReadOnlyList<IPAddress> _nodeAddresses;
    private readonly IpvsSets _sets;

    /// <param name="ports">What is served.</param>
    /// <param name="network">The cluster's networks.</param>
    /// <param name="nodeAddresses">The node's addresses, but for those of <c>kube-ipvs0</c> and loopback: NodePorts are served at
    /// them.</param>
    /// <param name="isLocal">Whether an endpoint is on this node.</param>
    public IpvsLayout(
        IReadOnlyList<ServedPort> ports, NetworkEntry network, IReadOnlyList<IPAddress> nodeAddresses, Func<IPAddress, bool> isLocal)
    {
        _ports = ports;
        _network = network;
        _nodeAddresses = nodeAddresses;

        // An external address that another interface has is not bound too.
        BoundAddresses =
        [
            .. ports.Select(static port => port.ClusterIP)
                .Concat(ports.SelectMany(static port => port.ExternalIPs.Concat(port.LoadBalancerIPs)).Except(nodeAddresses)).Distinct(),
        ];
        _sets = new IpvsSets(ports, BoundAddresses, isLocal);
    }

    /// <summary>The addresses that <c>kube-ipvs0</c> is to have.</summary>
    public IReadOnlyList<IPAddress> BoundAddresses { get; }

    /// <summary>For <c>ipset restore</c>.</summary>
    public string IpSets() => _sets.ToText();

    /// <summary>For iptables-restore with <c>--noflush</c>.</summary>
    /// <param name="withJumps">Whether the built-in chains have no jumps yet.</param>
    public string Iptables(bool withJumps)
    {
        StringBuilder text = new();
        WriteTable(text, "nat", NatChains, withJumps ? NatJumps : [], NatRules());
        WriteTable(text, "filter", FilterChains, withJumps ? FilterJumps : [], FilterRules);
        return text.ToString();
    }

    /// <summary>What takes the rules away.</summary>
    public static string Removal()
    {
        StringBuilder text = new();
        foreach ((string table, string[] chains, string[] jumps) in new[] { ("nat", NatChains, NatJumps), ("filter", FilterChains, FilterJumps) })
        {
            WriteTable(
                text, table, chains, [],
                [.. jumps.Select(static jump => $"-D {jump}"), .. chains.Select(static chain => $"-X {chain}")]);
        }

        return text.ToString();
    }

    /// <summary>For <c>ipvsadm -R</c>. A virtual service without endpoints refuses, as IPVS does by itself.</summary>
    public string VirtualServices()
    {
        StringBuilder text = new();
        foreach (ServedPort port in _ports)
        {
            foreach (IPAddress address in (IEnumerable<IPAddress>)[port.ClusterIP, .. port.ExternalIPs, .. port.LoadBalancerIPs])
            {
                Write(text, port, address, port.Port);
            }

            if (port.NodePort is int node)
            {
                foreach (IPAddress address in _nodeAddresses)
                {
                    Write(text, port, address, node);
                }
            }
        }

        return text.ToString();
    }

    private static void WriteTable(StringBuilder text, string table, string[] chains, string[] jumps, IEnumerable<string> rules)
    {
        text.AppendLine($"*{table}");
        foreach (string chain in chains)
        {
            text.AppendLine($":{chain} - [0:0]");
        }

        foreach (string jump in jumps)
        {
            text.AppendLine($"-I {jump}");
        }

        foreach (string rule in rules)
        {
            text.AppendLine(rule);
        }

        text.AppendLine("COMMIT");
    }

    // A rule that looks into an empty set is left out, but for those of the filter table.
    private IEnumerable<string> NatRules()
    {
        yield return "-A KUBE-SERVICES -s 127.0.0.0/8 -j RETURN";
        foreach ((string set, string rule) in new (string, string)[]
        {
            (IpvsSets.LoopBack, $"KUBE-POSTROUTING {Match(IpvsSets.LoopBack, "dst,dst,src", "Kubernetes endpoints dst ip:port, source ip for solving hairpin purpose")} -j MASQUERADE"),
            (IpvsSets.LoadBalancer, $"KUBE-SERVICES {Match(IpvsSets.LoadBalancer, "dst,dst", "Kubernetes service lb portal")} -j KUBE-LOAD-BALANCER"),
            (IpvsSets.NodePortTcp, $"KUBE-NODE-PORT -p tcp {Match(IpvsSets.NodePortTcp, "dst", "Kubernetes nodeport TCP port for masquerade purpose")} -j KUBE-MARK-MASQ"),
            (IpvsSets.NodePortUdp, $"KUBE-NODE-PORT -p udp {Match(IpvsSets.NodePortUdp, "dst", "Kubernetes nodeport UDP port for masquerade purpose")} -j KUBE-MARK-MASQ"),
            (IpvsSets.ClusterIP, $"KUBE-SERVICES {Match(IpvsSets.ClusterIP, "dst,dst", "Kubernetes service cluster ip + port for masquerade purpose")} ! -s {_network.PodCidr} -j KUBE-MARK-MASQ"),
            (IpvsSets.ExternalIP, $"KUBE-SERVICES {ExternalMatch} -j KUBE-MARK-MASQ"),
            (IpvsSets.ExternalIP, $"KUBE-SERVICES {ExternalMatch} -m physdev ! --physdev-is-in -m addrtype ! --src-type LOCAL -j ACCEPT"),
            (IpvsSets.ExternalIP, $"KUBE-SERVICES {ExternalMatch} -m addrtype --dst-type LOCAL -j ACCEPT"),
            ("", "KUBE-SERVICES -m addrtype --dst-type LOCAL -j KUBE-NODE-PORT"),
            ("", "KUBE-LOAD-BALANCER -j KUBE-MARK-MASQ"),
            (IpvsSets.ClusterIP, $"KUBE-SERVICES -m set --match-set {IpvsSets.ClusterIP} dst,dst -j ACCEPT"),
            (IpvsSets.LoadBalancer, $"KUBE-SERVICES -m set --match-set {IpvsSets.LoadBalancer} dst,dst -j ACCEPT"),
            ("", "KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN"),
            ("", "KUBE-POSTROUTING -j MARK --xor-mark 0x4000"),
            ("", "KUBE-POSTROUTING -m comment --comment \"kubernetes service traffic requiring SNAT\" -j MASQUERADE --random-fully"),
            ("", "KUBE-MARK-MASQ -j MARK --or-mark 0x4000"),
        })
        {
            if (set.Length == 0 || !_sets.IsEmpty(set))
            {
                yield return $"-A {rule}";
            }
        }
    }

    private static string Match(string set, string fields, string comment) => $"-m comment --comment \"{comment}\" -m set --match-set {set} {fields}";

    private static void Write(StringBuilder text, ServedPort port, IPAddress address, int number)
    {
        string kind = port.IsUdp ? "-u" : "-t";
        text.AppendLine($"-A {kind} {address}:{number} -s rr");
        foreach (ServiceEndpoint endpoint in port.Endpoints)
        {
            text.AppendLine($"-a {kind} {address}:{number} -r {endpoint} -m -w 1");
        }
    }
}
