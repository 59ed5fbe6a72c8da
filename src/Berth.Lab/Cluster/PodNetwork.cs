using System.Text;

namespace Berth.Lab;

/// <summary>The links and routes of the nodes: the way to the underlay, and the overlay between their pods.</summary>
internal sealed class PodNetwork(NetworkEntry network, IReadOnlyList<NodeMachine> nodes, Programs programs)
{
    /// <summary>What a VXLAN header takes of an Ethernet frame's 1500 bytes is not there for pods.</summary>
    private const int OverlayMtu = 1450;

    /// <summary>The largest packet between pods, in bytes.</summary>
    public int Mtu => network.Overlay == Overlay.Vxlan ? OverlayMtu : 1500;

    /// <summary>Makes them on all nodes.</summary>
    /// <exception cref="LabException">A program failed.</exception>
    public void Create()
    {
        foreach (NodeMachine node in nodes)
        {
            programs.Must(node.Place, "ip", ["-batch", "-"], Links(node));
            if (network.Overlay == Overlay.Vxlan && nodes.Count > 1)
            {
                programs.Must(node.Place, "bridge", ["-batch", "-"], Forwarding(node));
            }

            if (network.Overlay != Overlay.None)
            {
                programs.Must(node.Place, "nft", ["-f", "-"], Masquerading(node));
            }
        }
    }

    private IEnumerable<NodeMachine> Others(NodeMachine node) => nodes.Where(other => other != node);

    private string Links(NodeMachine node)
    {
        StringBuilder batch = new();
        batch.AppendLine("link set lo up");
        batch.AppendLine("link set eth0 up");
        foreach (System.Net.IPAddress address in (IEnumerable<System.Net.IPAddress>)[node.Address, .. node.Entry.MoreAddresses])
        {
            batch.AppendLine($"address add {address}/{Underlay.PrefixLength} dev eth0");
        }

        // Without a way to ClusterIPs a node's own packets to them would not even begin.
        batch.AppendLine($"route add default via {Underlay.OutsideAddress}");
        if (network.Overlay == Overlay.Vxlan)
        {
            // flannel's backend vxlan: device, static neighbours, a route for each other node's pods.
            batch.AppendLine($"link add flannel.1 type vxlan id 1 dev eth0 local {node.Address} dstport 8472 nolearning");
            batch.AppendLine($"link set flannel.1 address {node.OverlayHardwareAddress} mtu {OverlayMtu} up");
            batch.AppendLine($"address add {node.OverlayAddress(network)}/32 dev flannel.1");
            foreach (NodeMachine other in Others(node))
            {
                string peer = other.OverlayAddress(network);
                batch.AppendLine($"neighbour add {peer} lladdr {other.OverlayHardwareAddress} dev flannel.1 nud permanent");
                batch.AppendLine($"route add {other.PodCidr(network)} via {peer} dev flannel.1 onlink");
            }
        }
        else if (network.Overlay == Overlay.Routes)
        {
            foreach (NodeMachine other in Others(node))
            {
                batch.AppendLine($"route add {other.PodCidr(network)} via {other.Address}");
            }
        }

        return batch.ToString();
    }

    private string Forwarding(NodeMachine node)
    {
        StringBuilder batch = new();
        foreach (NodeMachine other in Others(node))
        {
            batch.AppendLine($"fdb append {other.OverlayHardwareAddress} dev flannel.1 dst {other.Address}");
        }

        return batch.ToString();
    }

    // What flannel --ip-masq writes with its nftables backend: pods leave the cluster with their node's address, and nothing is
    // hidden among pods, nor in what comes from elsewhere to a pod of this node.
    private string Masquerading(NodeMachine node) => $$"""
        table ip flannel-ipv4 {
            chain postrtg {
                type nat hook postrouting priority srcnat; policy accept;
                meta mark & 0x4000 == 0x4000 return
                ip saddr {{node.PodCidr(network)}} ip daddr {{network.PodCidr}} return
                ip saddr {{network.PodCidr}} ip daddr {{node.PodCidr(network)}} return
                ip saddr != {{node.PodCidr(network)}} ip daddr {{node.PodCidr(network)}} return
                ip saddr {{network.PodCidr}} ip daddr != 224.0.0.0/4 masquerade fully-random
                ip saddr != {{network.PodCidr}} ip daddr {{network.PodCidr}} masquerade fully-random
            }
        }
        """;
}
