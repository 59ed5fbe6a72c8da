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
        -A KUBE-SERVICES -d {service.ClusterIP} -p tcp -m tcp --dport {KubeService.Port} -j KUBE-SVC-SQL
        -A KUBE-SERVICES -d {service.LocalExternalIP} -p tcp -m tcp --dport {KubeService.Port} -j KUBE-EXT-SQL
        -A KUBE-SERVICES -d {service.RemoteExternalIP} -p tcp -m tcp --dport {KubeService.Port} -j KUBE-EXT-SQL
        -A KUBE-SERVICES -d {service.LoadBalancerIP} -p tcp -m tcp --dport {KubeService.Port} -j KUBE-EXT-SQL
        -A KUBE-SERVICES -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS
        -A KUBE-NODEPORTS -p tcp -m tcp --dport {KubeService.NodePort} -j KUBE-EXT-SQL
        -A KUBE-EXT-SQL -j KUBE-MARK-MASQ
        -A KUBE-EXT-SQL -j KUBE-SVC-SQL
        -A KUBE-SVC-SQL -j KUBE-SEP-SQL
        -A KUBE-SEP-SQL -p tcp -m tcp -j DNAT --to-destination {Target}
        -A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000
        -A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
        -A KUBE-POSTROUTING -j MARK --set-xmark 0x4000/0x0
        -A KUBE-POSTROUTING -j MASQUERADE --random-fully
        COMMIT

        """;

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
                meta l4proto tcp dnat to {{Target}}
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
                    {{service.ClusterIP}} . tcp . {{KubeService.Port}} : goto service-SQL,
                    {{service.LocalExternalIP}} . tcp . {{KubeService.Port}} : goto external-SQL,
                    {{service.RemoteExternalIP}} . tcp . {{KubeService.Port}} : goto external-SQL,
                    {{service.LoadBalancerIP}} . tcp . {{KubeService.Port}} : goto external-SQL,
                }
            }
            map service-nodeports {
                type inet_proto . inet_service : verdict
                elements = { tcp . {{KubeService.NodePort}} : goto external-SQL }
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
}
