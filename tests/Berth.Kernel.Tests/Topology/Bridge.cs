namespace Berth.Kernel.Tests.Topology;

/// <summary>A pod network on a bridge, as the bridge plugin would make it without ipMasq.</summary>
internal sealed class Bridge
{
    private readonly bool _hairpinMode;
    private int _pods = 1;

    internal Bridge(Node node, int number, bool hairpinMode)
    {
        _hairpinMode = hairpinMode;
        Node = node;
        Number = number;
        node.Ip($"""
            link add {Name} type bridge forward_delay 0 mcast_snooping 0
            link set {Name} up
            address add {Plan.Gateway(Family.IPv4, number)}/24 dev {Name}
            address add {Plan.Gateway(Family.IPv6, number)}/64 dev {Name} nodad
            """);
    }

    internal Node Node { get; }

    /// <summary>Also the second octet of its addresses.</summary>
    internal int Number { get; }

    internal string Name => "cni" + Number;

    internal Pod AddPod(string name)
    {
        Pod pod = Node.Add(new Pod(Node, name));
        Attach(pod, "eth0");
        pod.Ip($"""
            link set lo up
            route add default via {Plan.Gateway(Family.IPv4, Number)}
            route add default via {Plan.Gateway(Family.IPv6, Number)}
            """);
        return pod;
    }

    /// <summary>Gives a pod an interface on this bridge.</summary>
    internal PodInterface Attach(Pod pod, string interfaceName)
    {
        int number = ++_pods;
        PodInterface added = new(interfaceName, this, number);
        string port = $"v{Number}x{number}";
        Node.Ip($"""
            link add {port} type veth peer name {interfaceName} netns {pod.NetnsName}
            link set {port} master {Name}
            link set {port} type bridge_slave hairpin {(_hairpinMode ? "on" : "off")}
            link set {port} up
            """);
        pod.Ip($"""
            link set {interfaceName} up
            address add {added.Address(Family.IPv4)}/24 dev {interfaceName}
            address add {added.Address(Family.IPv6)}/64 dev {interfaceName} nodad
            """);
        pod.Interfaces.Add(added);
        return added;
    }
}
