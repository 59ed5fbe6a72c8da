using Berth.Cni.Runtime;

namespace Berth.Lab;

/// <summary>Builds the nodes of a cluster and what is between them, in namespaces that this process is already in; it is gone
/// with them.</summary>
internal static class ClusterBuilder
{
    /// <summary>Builds them. No pod runs yet.</summary>
    /// <exception cref="LabException">They cannot be built.</exception>
    public static ControlPlane Build(LabFile file, LabTools tools, Programs programs)
    {
        Place home = Underlay.FindHome();
        List<NodeMachine> nodes = [];
        foreach (NodeEntry entry in file.Nodes)
        {
            nodes.Add(NodeMachine.Create(entry, nodes.Count + 1, home, programs));
        }

        Place outside = Underlay.Create(home, nodes, programs);
        PodNetwork network = new(file.Network, nodes, programs);
        network.Create();
        PodController controller = new([.. file.Nodes.Select(NodeObject.Create)], file.MostFailedPods, file.PodNames);
        LabCluster cluster = new(file.Network, tools, programs, outside, nodes, controller);
        PodProcesses processes = new(file.Images, tools, programs);
        return new ControlPlane(
            cluster, controller, new KubeProxies(file, nodes, programs), [.. nodes.Select(node => Kubelet(file, node, network, tools, processes, programs))]);
    }

    private static Kubelet Kubelet(LabFile file, NodeMachine node, PodNetwork network, LabTools tools, PodProcesses processes, Programs programs)
    {
        if (file.Network.Overlay == Overlay.None)
        {
            return new Kubelet(node, null, processes);
        }

        NetworkConfigurationList list = PodNetworkConfiguration.Create(file, node, network.Mtu);
        File.WriteAllBytes($"{node.Directory}/{PodNetworkConfiguration.Name}.conflist", list.Utf8.ToArray());
        return new Kubelet(node, new PodSandbox(node, list, [LabDirectories.Plugins, .. tools.Plugins], programs), processes);
    }
}
