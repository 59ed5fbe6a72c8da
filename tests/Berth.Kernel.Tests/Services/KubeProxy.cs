using System.Net;
using Berth.Kernel.Tests.Iptables;
using Berth.Kernel.Tests.Topology;

namespace Berth.Kernel.Tests.Services;

/// <summary>Rules in the layout of kube-proxy, for one Service on one node.</summary>
internal sealed class KubeProxy(Node node, KubeProxyMode mode, KubeService service)
{
    private string Ip => service.Family == Family.IPv4 ? "ip" : "ip6";

    private Toolset Toolset => mode == KubeProxyMode.IptablesLegacy ? Toolset.Legacy : Toolset.Nft;

    private string Target => service.Family == Family.IPv4
        ? $"{service.Backend.Address(service.Family)}:{KubeService.Port}"
        : $"[{service.Backend.Address(service.Family)}]:{KubeService.Port}";

    private IEnumerable<IPAddress> External =>
        [service.LocalExternalIP, service.RemoteExternalIP, service.LoadBalancerIP, service.LocalLoadBalancerIP];

    /// <summary>Writes the rules, where there are none.</summary>
    internal void Start()
    {
        if (mode == KubeProxyMode.Nftables)
        {
            node.NftApply(Nftables());
            return;
        }

        node.IptablesRestore(Toolset, service.Family, IptablesNat());
    }

    /// <summary>Takes them away.</summary>
    internal void Stop()
    {
        if (mode == KubeProxyMode.Nftables)
        {
            node.Nft("delete", "table", Ip, "kube-proxy");
            return;
        }

        // All at once, as iptables-restore would: the chains that stay are those of others.
        node.IptablesRestore(Toolset, service.Family, """
            *nat
            -D PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
            -D OUTPUT -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
            -D POSTROUTING -m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING
            -F KUBE-SERVICES
            -F KUBE-NODEPORTS
            -F KUBE-POSTROUTING
            -F KUBE-MARK-MASQ
            -F KUBE-EXT-SQL
            -F KUBE-SVC-SQL
            -F KUBE-SEP-SQL
            -X KUBE-SERVICES
            -X KUBE-NODEPORTS
            -X KUBE-EXT-SQL
            -X KUBE-SVC-SQL
            -X KUBE-SEP-SQL
            -X KUBE-MARK-MASQ
            -X KUBE-POSTROUTING
            COMMIT

            """);
    }

    // kube-proxy puts its jumps in front.
    private string IptablesNat() => $"""
        *nat
        :KUBE-SERVICES - [0:0]
        :KUBE-NODEPORTS - [0:0]
        :KUBE-POSTROUTING - [0:0]
        :KUBE-MARK-MASQ - [0:0]
        :KUBE-EXT-SQL - [0:0]
        :KUBE-SVC-SQL - [0:0]
        :KUBE-SEP-SQL - [0:0]
        -I PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
        -I OUTPUT -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
        -I POSTROUTING -m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING
        {ForBoth(PortRules)}
        -A KUBE-SERVICES -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS
        {ForBoth(protocol => [$"-A KUBE-NODEPORTS -p {protocol} -m {protocol} --dport {KubeService.NodePort} -j KUBE-EXT-SQL"])}
        -A KUBE-EXT-SQL -j KUBE-MARK-MASQ
        -A KUBE-EXT-SQL -j KUBE-SVC-SQL
        -A KUBE-SVC-SQL -j KUBE-SEP-SQL
        {ForBoth(protocol => [$"-A KUBE-SEP-SQL -p {protocol} -m {protocol} -j DNAT --to-destination {Target}"])}
        -A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000
        -A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
        -A KUBE-POSTROUTING -j MARK --set-xmark 0x4000/0x0
        -A KUBE-POSTROUTING -j MASQUERADE --random-fully
        COMMIT

        """;

    private IEnumerable<string> PortRules(string protocol)
    {
        string port = $"-p {protocol} -m {protocol} --dport {KubeService.Port}";
        yield return $"-A KUBE-SERVICES -d {service.ClusterIP} {port} -j KUBE-SVC-SQL";
        foreach (IPAddress address in External)
        {
            yield return $"-A KUBE-SERVICES -d {address} {port} -j KUBE-EXT-SQL";
        }
    }

    // kube-proxy has chains of its own for each protocol, which makes no difference here.
    private static string ForBoth(Func<string, IEnumerable<string>> lines) =>
        string.Join("\n", new[] { "tcp", "udp" }.SelectMany(lines));

    private string Nftables() => $$"""
        table {{Ip}} kube-proxy {
            chain mark-for-masquerade {
                meta mark set meta mark | 0x4000
            }
            chain masquerading {
                meta mark & 0x4000 == 0 return
                meta mark set meta mark ^ 0x4000
                masquerade fully-random
            }
            chain endpoint-SQL {
                meta l4proto { tcp, udp } dnat to {{Target}}
            }
            chain service-SQL {
                numgen random mod 1 vmap { 0 : goto endpoint-SQL }
            }
            chain external-SQL {
                jump mark-for-masquerade
                goto service-SQL
            }
            map service-ips {
                type {{(service.Family == Family.IPv4 ? "ipv4_addr" : "ipv6_addr")}} . inet_proto . inet_service : verdict
                elements = {
                    {{string.Join(",\n", new[] { "tcp", "udp" }.SelectMany(Elements))}}
                }
            }
            map service-nodeports {
                type inet_proto . inet_service : verdict
                elements = {
                    tcp . {{KubeService.NodePort}} : goto external-SQL,
                    udp . {{KubeService.NodePort}} : goto external-SQL,
                }
            }
            set nodeport-ips {
                type {{(service.Family == Family.IPv4 ? "ipv4_addr" : "ipv6_addr")}}
                elements = { {{string.Join(", ", service.NodeIPs)}} }
            }
            chain services {
                {{Ip}} daddr . meta l4proto . th dport vmap @service-ips
                {{Ip}} daddr @nodeport-ips meta l4proto . th dport vmap @service-nodeports
            }
            chain nat-prerouting {
                type nat hook prerouting priority dstnat; policy accept;
                jump services
            }
            chain nat-output {
                type nat hook output priority -100; policy accept;
                jump services
            }
            chain nat-postrouting {
                type nat hook postrouting priority srcnat; policy accept;
                jump masquerading
            }
        }
        """;

    private IEnumerable<string> Elements(string protocol) =>
    [
        $"{service.ClusterIP} . {protocol} . {KubeService.Port} : goto service-SQL",
        .. External.Select(address => $"{address} . {protocol} . {KubeService.Port} : goto external-SQL"),
    ];
}
