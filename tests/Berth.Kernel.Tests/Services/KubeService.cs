using System.Net;
using Berth.Kernel.Tests.Topology;

namespace Berth.Kernel.Tests.Services;

/// <summary>A Service with every kind of address that one can have, all of which lead to one backend.</summary>
internal sealed record KubeService(Pod Backend, Family Family)
{
    /// <summary>The Service's port at its ClusterIP, its external and its load-balancer addresses.</summary>
    internal const int Port = 3306;

    /// <summary>Its port at the node's addresses.</summary>
    internal const int NodePort = 30306;

    /// <summary>An address that only the cluster knows.</summary>
    internal IPAddress ClusterIP => Pick("10.96.0.10", "fd00:96::10");

    /// <summary>An external address that is one of the node's own as well.</summary>
    internal IPAddress LocalExternalIP => Plan.NodeSecond(Family);

    /// <summary>An external address that is not the node's, and for which packets come to it.</summary>
    internal IPAddress RemoteExternalIP => Pick("203.0.113.10", "2001:db8:9::10");

    /// <summary>A load balancer's address, which the balancer leaves on the packets.</summary>
    internal IPAddress LoadBalancerIP => Pick("203.0.113.20", "2001:db8:9::20");

    /// <summary>A load balancer's address that the node has as well, as balancers give it that answer for it there.</summary>
    internal IPAddress LocalLoadBalancerIP => Pick("203.0.113.30", "2001:db8:9::30");

    /// <summary>Addresses of the node at which the NodePort answers.</summary>
    internal IReadOnlyList<IPAddress> NodeIPs =>
        [Plan.Node(Family), Plan.NodeSecond(Family), Plan.Gateway(Family, Backend.Interfaces[0].Bridge.Number)];

    /// <summary>Where the Service is asked for, by kind.</summary>
    internal IEnumerable<(string Kind, IPAddress Address, int Port)> Ways =>
    [
        ("ClusterIP", ClusterIP, Port),
        ("local external IP", LocalExternalIP, Port),
        ("remote external IP", RemoteExternalIP, Port),
        ("load-balancer IP", LoadBalancerIP, Port),
        ("local load-balancer IP", LocalLoadBalancerIP, Port),
        ("NodePort", Plan.Node(Family), NodePort),
    ];

    /// <summary>Who answers at each of the ways, from the machine outside and from the node itself.</summary>
    internal IReadOnlyList<string> Answers(Node node, Transport transport = Transport.Tcp) =>
    [
        .. Ways.SelectMany(way => new[]
        {
            $"{way.Kind} from outside: {node.Outside.Ask(transport, way.Address, way.Port).By}",
            $"{way.Kind} from the node: {node.Ask(transport, way.Address, way.Port).By}",
        }),
    ];

    /// <summary>What <see cref="Answers"/> is when it is always the same one.</summary>
    internal IReadOnlyList<string> AllAnsweredBy(string name) =>
    [
        .. Ways.SelectMany(way => new[] { $"{way.Kind} from outside: {name}", $"{way.Kind} from the node: {name}" }),
    ];

    private IPAddress Pick(string ipv4, string ipv6) => IPAddress.Parse(Family == Family.IPv4 ? ipv4 : ipv6);
}
