using System.Text;
using Berth.Netlink;

namespace Berth.Lab;

/// <summary>The network between the nodes: a bridge in a namespace of its own, and a machine outside the cluster, which is also
/// the way to everywhere else (and there is nothing).</summary>
internal static class Underlay
{
    public const string OutsideAddress = "192.0.2.1";
    public const int PrefixLength = 24;

    /// <summary>Where the bridge will be: the namespace of this process.</summary>
    public static Place FindHome() => new("the network between the nodes", NetworkNamespace.OpenCurrent(), []);

    /// <summary>Makes it, with a link to each node.</summary>
    /// <returns>The machine outside.</returns>
    /// <exception cref="LabException">A program failed.</exception>
    public static Place Create(Place home, IReadOnlyList<NodeMachine> nodes, Programs programs)
    {
        NetworkNamespace network = NetworkNamespace.Create();
        string file = LabDirectories.Namespace("outside");
        network.BindTo(file);
        Place outside = new("outside", network, [$"--net={file}"]);

        // Frames between nodes are none of the bridge's own rules' business.
        home.SetSysctl("net.bridge.bridge-nf-call-iptables", "0");
        StringBuilder batch = new();
        batch.AppendLine("""
            link set lo up
            link add underlay type bridge forward_delay 0 mcast_snooping 0
            link set underlay up
            link add u0 type veth peer name eth0 netns outside
            link set u0 master underlay up
            """);
        foreach (NodeMachine node in nodes)
        {
            batch.AppendLine($"link add u{node.Number} type veth peer name eth0 netns {node.Name}");
            batch.AppendLine($"link set u{node.Number} master underlay up");
        }

        programs.Must(home, "ip", ["-batch", "-"], batch.ToString());
        programs.Must(outside, "ip", ["-batch", "-"], $"""
            link set lo up
            link set eth0 up
            address add {OutsideAddress}/{PrefixLength} dev eth0

            """);
        return outside;
    }
}
