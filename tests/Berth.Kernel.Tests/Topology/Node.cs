namespace Berth.Kernel.Tests.Topology;

/// <summary>A node with an uplink to the machine outside, and a bridge for pods.</summary>
internal sealed class Node : Host
{
    private static int Made;

    private readonly List<Host> _others = [];
    private readonly List<Bridge> _bridges = [];

    internal Node(bool bridgeCallsIptables = false, bool hairpinMode = true)
        : this("n" + Interlocked.Increment(ref Made), bridgeCallsIptables, hairpinMode)
    {
    }

    private Node(string id, bool bridgeCallsIptables, bool hairpinMode)
        : base("node", id + "-node")
    {
        Id = id;
        Outside = Add(new Host("outside", id + "-outside"));
        SetSysctl("net.ipv4.ip_forward", "1");
        SetSysctl("net.ipv6.conf.all.forwarding", "1");

        // A port that is refused must say so each time: a redirect sent to a pod counts against its errors too.
        SetSysctl("net.ipv4.icmp_ratelimit", "0");
        SetSysctl("net.ipv6.icmp.ratelimit", "0");
        SetSysctl("net.bridge.bridge-nf-call-iptables", bridgeCallsIptables ? "1" : "0");
        SetSysctl("net.bridge.bridge-nf-call-ip6tables", bridgeCallsIptables ? "1" : "0");
        Ip($"""
            link set lo up
            link add uplink type veth peer name eth0 netns {Outside.NetnsName}
            link set uplink up
            address add {Plan.Node(Family.IPv4)}/24 dev uplink
            address add {Plan.NodeSecond(Family.IPv4)}/24 dev uplink
            address add {Plan.Node(Family.IPv6)}/64 dev uplink nodad
            address add {Plan.NodeSecond(Family.IPv6)}/64 dev uplink nodad
            """);
        Outside.Ip($"""
            link set lo up
            link set eth0 up
            address add {Plan.Outside(Family.IPv4)}/24 dev eth0
            address add {Plan.OutsideSecond(Family.IPv4)}/24 dev eth0
            address add {Plan.Outside(Family.IPv6)}/64 dev eth0 nodad
            address add {Plan.OutsideSecond(Family.IPv6)}/64 dev eth0 nodad
            route add default via {Plan.Node(Family.IPv4)}
            route add default via {Plan.Node(Family.IPv6)}
            """);
        Bridge = AddBridge(hairpinMode);
    }

    /// <summary>Unique among the nodes of this process.</summary>
    internal string Id { get; }

    /// <summary>The machine at the other end of the uplink.</summary>
    internal Host Outside { get; }

    /// <summary>The first bridge, <c>cni1</c>.</summary>
    internal Bridge Bridge { get; }

    public override void Dispose()
    {
        foreach (Host other in _others)
        {
            other.Dispose();
        }

        base.Dispose();
    }

    /// <summary>A pod on the first bridge.</summary>
    internal Pod AddPod(string name) => Bridge.AddPod(name);

    internal Bridge AddBridge(bool hairpinMode = true)
    {
        Bridge bridge = new(this, _bridges.Count + 1, hairpinMode);
        _bridges.Add(bridge);
        return bridge;
    }

    /// <summary>An empty namespace for a pod, for CNI plugins to wire.</summary>
    internal Host AddSandbox(string name) => Add(new Host(name, $"{Id}-{name}"));

    internal T Add<T>(T host)
        where T : Host
    {
        _others.Add(host);
        return host;
    }
}
