using System.Net;
using System.Text;

namespace Berth.Lab;

/// <summary>What kube-proxy's IPVS mode gives to ipset, iptables-restore and ipvsadm.</summary>
/// <param name="ports">What is served.</param>
/// <param name="network">The cluster's networks.</param>
/// <param name="nodeAddresses">The node's own addresses, at which NodePorts are served.</param>
/// <param name="isLocal">Whether an endpoint is on this node: only such a one can ask a Service and get itself.</param>
internal sealed class IpvsLayout(
    IReadOnlyList<ServedPort> ports, NetworkEntry network, IReadOnlyList<IPAddress> nodeAddresses, Func<IPAddress, bool> isLocal)
{
    private static readonly string[] Chains =
        ["KUBE-SERVICES", "KUBE-POSTROUTING", "KUBE-NODE-PORT", "KUBE-LOAD-BALANCER", "KUBE-MARK-MASQ"];

    internal static readonly string[] Jumps =
    [
        "PREROUTING -m comment --comment \"kubernetes service portals\" -j KUBE-SERVICES",
        "OUTPUT -m comment --comment \"kubernetes service portals\" -j KUBE-SERVICES",
        "POSTROUTING -m comment --comment \"kubernetes postrouting rules\" -j KUBE-POSTROUTING",
    ];

    /// <summary>The sets that there are.</summary>
    public static IReadOnlyList<string> Sets { get; } =
    [
        "KUBE-LOOP-BACK", "KUBE-CLUSTER-IP", "KUBE-EXTERNAL-IP", "KUBE-LOAD-BALANCER", "KUBE-NODE-PORT-TCP", "KUBE-NODE-PORT-UDP",
    ];

    /// <summary>For <c>ipset restore</c>.</summary>
    public string IpSets()
    {
        StringBuilder text = new();
        foreach (string set in Sets)
        {
            string type = set switch
            {
                "KUBE-LOOP-BACK" => "hash:ip,port,ip",
                "KUBE-NODE-PORT-TCP" or "KUBE-NODE-PORT-UDP" => "bitmap:port range 0-65535",
                _ => "hash:ip,port",
            };
            text.AppendLine($"create {set} {type}");
            text.AppendLine($"flush {set}");
        }

        foreach (ServedPort port in ports)
        {
            text.AppendLine($"add KUBE-CLUSTER-IP {port.ClusterIP},{port.Protocol}:{port.Port}");
            foreach (IPAddress address in port.ExternalIPs)
            {
                text.AppendLine($"add KUBE-EXTERNAL-IP {address},{port.Protocol}:{port.Port}");
            }

            foreach (IPAddress address in port.LoadBalancerIPs)
            {
                text.AppendLine($"add KUBE-LOAD-BALANCER {address},{port.Protocol}:{port.Port}");
            }

            if (port.NodePort is int node)
            {
                text.AppendLine($"add KUBE-NODE-PORT-{(port.IsUdp ? "UDP" : "TCP")} {node}");
            }

            foreach (ServiceEndpoint endpoint in port.Endpoints.Where(endpoint => isLocal(endpoint.Address)))
            {
                text.AppendLine($"add KUBE-LOOP-BACK {endpoint.Address},{port.Protocol}:{endpoint.Port},{endpoint.Address}");
            }
        }

        return text.ToString();
    }

    /// <summary>For iptables-restore with <c>--noflush</c>.</summary>
    /// <param name="withJumps">Whether the built-in chains have no jumps yet.</param>
    public string Iptables(bool withJumps)
    {
        StringBuilder text = new();
        text.AppendLine("*nat");
        foreach (string chain in Chains)
        {
            text.AppendLine($":{chain} - [0:0]");
        }

        if (withJumps)
        {
            foreach (string jump in Jumps)
            {
                text.AppendLine($"-I {jump}");
            }
        }

        text.AppendLine($"""
            -A KUBE-POSTROUTING -m comment --comment "Kubernetes endpoints dst ip:port, source ip for solving hairpin purpose" -m set --match-set KUBE-LOOP-BACK dst,dst,src -j MASQUERADE
            -A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
            -A KUBE-POSTROUTING -j MARK --xor-mark 0x4000
            -A KUBE-POSTROUTING -m comment --comment "kubernetes service traffic requiring SNAT" -j MASQUERADE --random-fully
            -A KUBE-MARK-MASQ -j MARK --or-mark 0x4000
            -A KUBE-LOAD-BALANCER -j KUBE-MARK-MASQ
            -A KUBE-NODE-PORT -p tcp -m comment --comment "Kubernetes nodeport TCP port for masquerade purpose" -m set --match-set KUBE-NODE-PORT-TCP dst -j KUBE-MARK-MASQ
            -A KUBE-NODE-PORT -p udp -m comment --comment "Kubernetes nodeport UDP port for masquerade purpose" -m set --match-set KUBE-NODE-PORT-UDP dst -j KUBE-MARK-MASQ
            -A KUBE-SERVICES -s 127.0.0.0/8 -j RETURN
            -A KUBE-SERVICES -m comment --comment "Kubernetes service lb portal" -m set --match-set KUBE-LOAD-BALANCER dst,dst -j KUBE-LOAD-BALANCER
            -A KUBE-SERVICES ! -s {network.PodCidr} -m comment --comment "Kubernetes service cluster ip + port for masquerade purpose" -m set --match-set KUBE-CLUSTER-IP dst,dst -j KUBE-MARK-MASQ
            -A KUBE-SERVICES -m comment --comment "Kubernetes service external ip + port for masquerade and filter purpose" -m set --match-set KUBE-EXTERNAL-IP dst,dst -j KUBE-MARK-MASQ
            -A KUBE-SERVICES -m comment --comment "Kubernetes service external ip + port for masquerade and filter purpose" -m set --match-set KUBE-EXTERNAL-IP dst,dst -m addrtype ! --src-type LOCAL -j ACCEPT
            -A KUBE-SERVICES -m comment --comment "Kubernetes service external ip + port for masquerade and filter purpose" -m set --match-set KUBE-EXTERNAL-IP dst,dst -m addrtype --dst-type LOCAL -j ACCEPT
            -A KUBE-SERVICES -m addrtype --dst-type LOCAL -j KUBE-NODE-PORT
            -A KUBE-SERVICES -m set --match-set KUBE-CLUSTER-IP dst,dst -j ACCEPT
            -A KUBE-SERVICES -m set --match-set KUBE-LOAD-BALANCER dst,dst -j ACCEPT
            COMMIT
            """);
        return text.ToString();
    }

    /// <summary>What takes the rules away.</summary>
    public static string Removal()
    {
        StringBuilder text = new();
        text.AppendLine("*nat");
        foreach (string chain in Chains)
        {
            text.AppendLine($":{chain} - [0:0]");
        }

        foreach (string jump in Jumps)
        {
            text.AppendLine($"-D {jump}");
        }

        foreach (string chain in Chains)
        {
            text.AppendLine($"-X {chain}");
        }

        text.AppendLine("COMMIT");
        return text.ToString();
    }

    /// <summary>For <c>ipvsadm -R</c>. A virtual service without endpoints refuses, as IPVS does by itself.</summary>
    public string VirtualServices()
    {
        StringBuilder text = new();
        foreach (ServedPort port in ports)
        {
            foreach (IPAddress address in (IEnumerable<IPAddress>)[port.ClusterIP, .. port.ExternalIPs, .. port.LoadBalancerIPs])
            {
                Write(text, port, address, port.Port);
            }

            if (port.NodePort is int node)
            {
                foreach (IPAddress address in nodeAddresses)
                {
                    Write(text, port, address, node);
                }
            }
        }

        return text.ToString();
    }

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
