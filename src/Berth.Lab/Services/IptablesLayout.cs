using System.Globalization;
using System.Net;
using System.Text;

namespace Berth.Lab;

/// <summary>The rules of kube-proxy's iptables mode (pkg/proxy/iptables/proxier.go), for traffic policy Cluster and no session
/// affinity, as iptables-restore reads them.</summary>
internal sealed class IptablesLayout(IReadOnlyList<ServedPort> ports, NetworkEntry network)
{
    // Empty, in every table: kube-proxy looks whether it is still there to notice that somebody flushed the table.
    internal const string Canary = "KUBE-PROXY-CANARY";

    private static readonly string[] FilterChains =
        ["KUBE-SERVICES", "KUBE-EXTERNAL-SERVICES", "KUBE-FORWARD", "KUBE-NODEPORTS", "KUBE-PROXY-FIREWALL", "KUBE-FIREWALL", Canary];

    private static readonly string[] NatChains = ["KUBE-SERVICES", "KUBE-NODEPORTS", "KUBE-POSTROUTING", "KUBE-MARK-MASQ", Canary];

    // kube-proxy puts each of its jumps in front of what is there, in this order: the last one comes first. The first two are
    // the kubelet's on a real node.
    internal static readonly string[] FilterJumps =
    [
        "INPUT -j KUBE-FIREWALL",
        "OUTPUT -j KUBE-FIREWALL",
        "INPUT -m conntrack --ctstate NEW -m comment --comment \"kubernetes externally-visible service portals\" -j KUBE-EXTERNAL-SERVICES",
        "FORWARD -m conntrack --ctstate NEW -m comment --comment \"kubernetes externally-visible service portals\" -j KUBE-EXTERNAL-SERVICES",
        "INPUT -m comment --comment \"kubernetes health check service ports\" -j KUBE-NODEPORTS",
        "FORWARD -m conntrack --ctstate NEW -m comment --comment \"kubernetes service portals\" -j KUBE-SERVICES",
        "OUTPUT -m conntrack --ctstate NEW -m comment --comment \"kubernetes service portals\" -j KUBE-SERVICES",
        "FORWARD -m comment --comment \"kubernetes forwarding rules\" -j KUBE-FORWARD",
        "INPUT -m conntrack --ctstate NEW -m comment --comment \"kubernetes load balancer firewall\" -j KUBE-PROXY-FIREWALL",
        "OUTPUT -m conntrack --ctstate NEW -m comment --comment \"kubernetes load balancer firewall\" -j KUBE-PROXY-FIREWALL",
        "FORWARD -m conntrack --ctstate NEW -m comment --comment \"kubernetes load balancer firewall\" -j KUBE-PROXY-FIREWALL",
    ];

    internal static readonly string[] NatJumps =
    [
        "PREROUTING -m comment --comment \"kubernetes service portals\" -j KUBE-SERVICES",
        "OUTPUT -m comment --comment \"kubernetes service portals\" -j KUBE-SERVICES",
        "POSTROUTING -m comment --comment \"kubernetes postrouting rules\" -j KUBE-POSTROUTING",
    ];

    /// <summary>The chains of the Services themselves, which come and go.</summary>
    public IEnumerable<string> ServiceChains
    {
        get
        {
            foreach (ServedPort port in ports.Where(static port => port.Endpoints.Count > 0))
            {
                yield return KubeProxyNames.IptablesService(port);
                if (port.IsExternal)
                {
                    yield return KubeProxyNames.IptablesExternal(port);
                }

                foreach (ServiceEndpoint endpoint in port.Endpoints)
                {
                    yield return KubeProxyNames.IptablesEndpoint(port, endpoint);
                }
            }
        }
    }

    /// <summary>What iptables-restore is to read, with <c>--noflush</c>: naming a chain empties it.</summary>
    /// <param name="stale">Chains of Services that are gone.</param>
    /// <param name="withJumps">Whether the built-in chains have no jumps yet.</param>
    public string ToText(IReadOnlyList<string> stale, bool withJumps)
    {
        StringBuilder text = new();
        text.AppendLine("*mangle");
        Declare(text, [Canary]);
        text.AppendLine("COMMIT");
        text.AppendLine("*filter");
        Declare(text, FilterChains);
        if (withJumps)
        {
            Insert(text, FilterJumps);
        }

        WriteFilter(text);
        text.AppendLine("COMMIT");
        text.AppendLine("*nat");
        Declare(text, [.. NatChains, .. ServiceChains, .. stale]);
        if (withJumps)
        {
            Insert(text, NatJumps);
        }

        WriteNat(text);
        foreach (string chain in stale)
        {
            text.AppendLine($"-X {chain}");
        }

        text.AppendLine("COMMIT");
        return text.ToString();
    }

    /// <summary>What takes everything away.</summary>
    /// <param name="serviceChains">The Services' chains that there are.</param>
    public static string Removal(IReadOnlyCollection<string> serviceChains)
    {
        StringBuilder text = new();
        foreach ((string table, string[] jumps, string[] chains) in new[]
        {
            ("mangle", [], [Canary]),
            ("filter", FilterJumps, FilterChains),
            ("nat", NatJumps, [.. NatChains, .. serviceChains]),
        })
        {
            text.AppendLine($"*{table}");
            Declare(text, chains);
            foreach (string jump in jumps)
            {
                text.AppendLine($"-D {jump}");
            }

            foreach (string chain in chains)
            {
                text.AppendLine($"-X {chain}");
            }

            text.AppendLine("COMMIT");
        }

        return text.ToString();
    }

    private static void Declare(StringBuilder text, IEnumerable<string> chains)
    {
        foreach (string chain in chains)
        {
            text.AppendLine($":{chain} - [0:0]");
        }
    }

    private static void Insert(StringBuilder text, IEnumerable<string> jumps)
    {
        foreach (string jump in jumps)
        {
            text.AppendLine($"-I {jump}");
        }
    }

    private void WriteFilter(StringBuilder text)
    {
        foreach (ServedPort port in ports.Where(static port => port.Endpoints.Count == 0))
        {
            string reject = $"-p {port.Protocol} -m comment --comment \"{port.Name} has no endpoints\"";
            const string Target = "-j REJECT --reject-with icmp-port-unreachable";
            text.AppendLine($"-A KUBE-SERVICES -d {port.ClusterIP}/32 {reject} -m {port.Protocol} --dport {port.Port} {Target}");
            foreach (IPAddress address in (IEnumerable<IPAddress>)[.. port.ExternalIPs, .. port.LoadBalancerIPs])
            {
                text.AppendLine($"-A KUBE-EXTERNAL-SERVICES -d {address}/32 {reject} -m {port.Protocol} --dport {port.Port} {Target}");
            }

            if (port.NodePort is int node)
            {
                text.AppendLine(
                    $"-A KUBE-EXTERNAL-SERVICES {reject} -m addrtype --dst-type LOCAL -m {port.Protocol} --dport {node} {Target}");
            }
        }

        // It goes with route_localnet: see KubeProxyIptables.
        text.AppendLine(
            "-A KUBE-FIREWALL ! -s 127.0.0.0/8 -d 127.0.0.0/8 -m comment --comment \"block incoming localnet connections\" "
            + "-m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP");
        text.AppendLine("-A KUBE-FORWARD -m conntrack --ctstate INVALID -j DROP");
        text.AppendLine(
            "-A KUBE-FORWARD -m comment --comment \"kubernetes forwarding rules\" -m mark --mark 0x4000/0x4000 -j ACCEPT");
        text.AppendLine(
            "-A KUBE-FORWARD -m comment --comment \"kubernetes forwarding conntrack rule\" -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT");
    }

    private void WriteNat(StringBuilder text)
    {
        text.AppendLine("-A KUBE-MARK-MASQ -j MARK --or-mark 0x4000");
        text.AppendLine("-A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN");
        text.AppendLine("-A KUBE-POSTROUTING -j MARK --xor-mark 0x4000");
        text.AppendLine(
            "-A KUBE-POSTROUTING -m comment --comment \"kubernetes service traffic requiring SNAT\" -j MASQUERADE --random-fully");
        foreach (ServedPort port in ports.Where(static port => port.Endpoints.Count > 0))
        {
            WriteService(text, port);
        }

        text.AppendLine(
            "-A KUBE-SERVICES -m comment --comment \"kubernetes service nodeports; NOTE: this must be the last rule in this chain\" "
            + "-m addrtype --dst-type LOCAL -j KUBE-NODEPORTS");
    }

    private void WriteService(StringBuilder text, ServedPort port)
    {
        string service = KubeProxyNames.IptablesService(port);
        string external = KubeProxyNames.IptablesExternal(port);
        string match = $"-m {port.Protocol} --dport {port.Port}";
        text.AppendLine(
            $"-A KUBE-SERVICES -d {port.ClusterIP}/32 -p {port.Protocol} -m comment --comment \"{port.Name} cluster IP\" {match} -j {service}");
        foreach (IPAddress address in port.ExternalIPs)
        {
            text.AppendLine(
                $"-A KUBE-SERVICES -d {address}/32 -p {port.Protocol} -m comment --comment \"{port.Name} external IP\" {match} -j {external}");
        }

        foreach (IPAddress address in port.LoadBalancerIPs)
        {
            text.AppendLine(
                $"-A KUBE-SERVICES -d {address}/32 -p {port.Protocol} -m comment --comment \"{port.Name} loadbalancer IP\" {match} -j {external}");
        }

        if (port.NodePort is int node)
        {
            text.AppendLine(
                $"-A KUBE-NODEPORTS -p {port.Protocol} -m comment --comment \"{port.Name}\" -m {port.Protocol} --dport {node} -j {external}");
        }

        if (port.IsExternal)
        {
            text.AppendLine(
                $"-A {external} -m comment --comment \"masquerade traffic for {port.Name} external destinations\" -j KUBE-MARK-MASQ");
            text.AppendLine($"-A {external} -j {service}");
        }

        text.AppendLine(
            $"-A {service} ! -s {network.PodCidr} -d {port.ClusterIP}/32 -p {port.Protocol} -m comment --comment \"{port.Name} cluster IP\" {match} -j KUBE-MARK-MASQ");
        for (int i = 0; i < port.Endpoints.Count; i++)
        {
            ServiceEndpoint endpoint = port.Endpoints[i];
            string chain = KubeProxyNames.IptablesEndpoint(port, endpoint);
            int left = port.Endpoints.Count - i;
            string chance = left == 1
                ? ""
                : $"-m statistic --mode random --probability {(1.0 / left).ToString("F10", CultureInfo.InvariantCulture)} ";
            text.AppendLine($"-A {service} -m comment --comment \"{port.Name} -> {endpoint}\" {chance}-j {chain}");
            text.AppendLine($"-A {chain} -s {endpoint.Address}/32 -m comment --comment \"{port.Name}\" -j KUBE-MARK-MASQ");
            text.AppendLine(
                $"-A {chain} -p {port.Protocol} -m comment --comment \"{port.Name}\" -m {port.Protocol} -j DNAT --to-destination {endpoint}");
        }
    }
}
