using System.Net;
using System.Text;

namespace Berth.Lab;

/// <summary>The table of kube-proxy's nftables mode (pkg/proxy/nftables/proxier.go of Kubernetes 1.34), for traffic policy Cluster and no session
/// affinity, as <c>nft -f</c> reads it.</summary>
internal sealed class NftablesLayout(IReadOnlyList<ServedPort> ports, NetworkEntry network, IPAddress nodeAddress)
{
    public const string Table = "kube-proxy";

    private static readonly string[] Maps =
        ["cluster-ips", "nodeport-ips", "no-endpoint-services", "no-endpoint-nodeports", "service-ips", "service-nodeports"];

    /// <summary>The chains of the Services themselves, which come and go.</summary>
    public IEnumerable<string> ServiceChains
    {
        get
        {
            foreach (ServedPort port in ports.Where(static port => port.Endpoints.Count > 0))
            {
                yield return KubeProxyNames.NftablesService(port);
                if (port.IsExternal)
                {
                    yield return KubeProxyNames.NftablesExternal(port);
                }

                foreach (ServiceEndpoint endpoint in port.Endpoints)
                {
                    yield return KubeProxyNames.NftablesEndpoint(port, endpoint);
                }
            }
        }
    }

    /// <summary>One transaction.</summary>
    /// <param name="stale">Chains of Services that are gone.</param>
    /// <param name="isFirst">Whether there is no table yet.</param>
    public string ToText(IReadOnlyList<string> stale, bool isFirst)
    {
        StringBuilder text = new();
        if (isFirst)
        {
            text.AppendLine(Frame());
        }

        foreach (string map in Maps)
        {
            text.AppendLine($"flush {(map.EndsWith("-ips", StringComparison.Ordinal) && map != "service-ips" ? "set" : "map")} ip {Table} {map}");
        }

        List<string> chains = [.. ServiceChains];
        foreach (string chain in chains)
        {
            text.AppendLine($"add chain ip {Table} {chain}");
        }

        foreach (string chain in (IEnumerable<string>)[.. chains, .. stale])
        {
            text.AppendLine($"flush chain ip {Table} {chain}");
        }

        foreach (string chain in stale)
        {
            text.AppendLine($"delete chain ip {Table} {chain}");
        }

        text.AppendLine($"add element ip {Table} nodeport-ips {{ {nodeAddress} }}");
        foreach (ServedPort port in ports)
        {
            Write(text, port);
        }

        return text.ToString();
    }

    private void Write(StringBuilder text, ServedPort port)
    {
        text.AppendLine($"add element ip {Table} cluster-ips {{ {port.ClusterIP} }}");
        if (port.Endpoints.Count == 0)
        {
            foreach (IPAddress address in (IEnumerable<IPAddress>)[port.ClusterIP, .. port.ExternalIPs, .. port.LoadBalancerIPs])
            {
                text.AppendLine(
                    $"add element ip {Table} no-endpoint-services {{ {address} . {port.Protocol} . {port.Port} comment \"{port.Name}\" : goto reject-chain }}");
            }

            if (port.NodePort is int empty)
            {
                text.AppendLine(
                    $"add element ip {Table} no-endpoint-nodeports {{ {port.Protocol} . {empty} comment \"{port.Name}\" : goto reject-chain }}");
            }

            return;
        }

        string service = KubeProxyNames.NftablesService(port);
        string external = KubeProxyNames.NftablesExternal(port);
        text.AppendLine(
            $"add rule ip {Table} {service} ip daddr {port.ClusterIP} ip saddr != {network.PodCidr} jump mark-for-masquerade");
        IEnumerable<string> choices = port.Endpoints.Select(
            (endpoint, i) => $"{i} : goto {KubeProxyNames.NftablesEndpoint(port, endpoint)}");
        text.AppendLine(
            $"add rule ip {Table} {service} numgen random mod {port.Endpoints.Count} vmap {{ {string.Join(", ", choices)} }}");
        foreach (ServiceEndpoint endpoint in port.Endpoints)
        {
            string chain = KubeProxyNames.NftablesEndpoint(port, endpoint);
            text.AppendLine($"add rule ip {Table} {chain} ip saddr {endpoint.Address} jump mark-for-masquerade");
            text.AppendLine($"add rule ip {Table} {chain} meta l4proto {port.Protocol} dnat to {endpoint}");
        }

        text.AppendLine($"add element ip {Table} service-ips {{ {port.ClusterIP} . {port.Protocol} . {port.Port} : goto {service} }}");
        if (!port.IsExternal)
        {
            return;
        }

        text.AppendLine($"add rule ip {Table} {external} jump mark-for-masquerade");
        text.AppendLine($"add rule ip {Table} {external} goto {service}");
        foreach (IPAddress address in (IEnumerable<IPAddress>)[.. port.ExternalIPs, .. port.LoadBalancerIPs])
        {
            text.AppendLine($"add element ip {Table} service-ips {{ {address} . {port.Protocol} . {port.Port} : goto {external} }}");
        }

        if (port.NodePort is int node)
        {
            text.AppendLine($"add element ip {Table} service-nodeports {{ {port.Protocol} . {node} : goto {external} }}");
        }
    }

    private string Frame() => $$"""
        add table ip {{Table}} { comment "rules for kube-proxy"; }
        table ip {{Table}} {
            set cluster-ips { type ipv4_addr; comment "Active ClusterIPs"; }
            set nodeport-ips { type ipv4_addr; comment "IPs that accept NodePort traffic"; }
            map no-endpoint-services { type ipv4_addr . inet_proto . inet_service : verdict; comment "vmap to drop or reject packets to services with no endpoints"; }
            map no-endpoint-nodeports { type inet_proto . inet_service : verdict; comment "vmap to drop or reject packets to service nodeports with no endpoints"; }
            map firewall-ips { type ipv4_addr . inet_proto . inet_service : verdict; comment "destinations that are subject to LoadBalancerSourceRanges"; }
            map service-ips { type ipv4_addr . inet_proto . inet_service : verdict; comment "ClusterIP, ExternalIP and LoadBalancer IP traffic"; }
            map service-nodeports { type inet_proto . inet_service : verdict; comment "NodePort traffic"; }
            chain reject-chain { comment "helper for @no-endpoint-services / @no-endpoint-nodeports"; reject; }
            chain mark-for-masquerade { meta mark set meta mark or {{MasqueradeMark}}; }
            chain masquerading {
                meta mark and {{MasqueradeMark}} == 0 return
                meta mark set meta mark xor {{MasqueradeMark}}
                masquerade fully-random
            }
            chain cluster-ips-check {
                ip daddr @cluster-ips reject comment "Reject traffic to invalid ports of ClusterIPs"
                ip daddr { {{network.ServiceCidr}} } drop comment "Drop traffic to unallocated ClusterIPs"
            }
            chain firewall-check { ip daddr . meta l4proto . th dport vmap @firewall-ips; }
            chain nodeport-endpoints-check { ip daddr @nodeport-ips meta l4proto . th dport vmap @no-endpoint-nodeports; }
            chain service-endpoints-check { ip daddr . meta l4proto . th dport vmap @no-endpoint-services; }
            chain services {
                ip daddr . meta l4proto . th dport vmap @service-ips
                ip daddr @nodeport-ips meta l4proto . th dport vmap @service-nodeports
            }
            chain filter-prerouting-pre-dnat { type filter hook prerouting priority -110; ct state new jump firewall-check; }
            chain filter-output-pre-dnat { type filter hook output priority -110; ct state new jump firewall-check; }
            chain filter-input {
                type filter hook input priority 0
                ct state new jump nodeport-endpoints-check
                ct state new jump service-endpoints-check
            }
            chain filter-forward {
                type filter hook forward priority 0
                ct state new jump service-endpoints-check
                ct state new jump cluster-ips-check
            }
            chain filter-output {
                type filter hook output priority 0
                ct state new jump service-endpoints-check
                ct state new jump cluster-ips-check
            }
            chain nat-prerouting { type nat hook prerouting priority -100; jump services; }
            chain nat-output { type nat hook output priority -100; jump services; }
            chain nat-postrouting { type nat hook postrouting priority 100; jump masquerading; }
        }
        """;

    private const string MasqueradeMark = "0x4000";
}
