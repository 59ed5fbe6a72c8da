using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Berth.Netlink.IpSets;
using Berth.Netlink.Route;
using Berth.Netlink.Sockets;

namespace Berth.Inspection;

/// <summary>A node's state, indexed for a walk.</summary>
internal sealed class WalkNode
{
    private readonly Dictionary<string, Link> _linksByName = new(StringComparer.Ordinal);
    private readonly Dictionary<int, Link> _linksByIndex = [];
    private readonly Dictionary<string, IpSet> _ipSets = new(StringComparer.Ordinal);

    private readonly Func<DiagnosedSocket, Part<IReadOnlyList<ProcessState>>>? _holders;

    /// <param name="snapshot">The state.</param>
    /// <param name="holders">Finds the processes that hold a socket; null for those of the snapshot.</param>
    /// <param name="services">What Services' manifests say; null when that is not known.</param>
    internal WalkNode(
        NodeSnapshot snapshot,
        Func<DiagnosedSocket, Part<IReadOnlyList<ProcessState>>>? holders = null,
        IReadOnlyList<DeclaredServicePort>? services = null)
    {
        Snapshot = snapshot;
        _holders = holders;
        foreach (Link link in snapshot.Links.Value ?? [])
        {
            _linksByName[link.Name] = link;
            _linksByIndex[link.Index] = link;
        }

        foreach (IpSet set in snapshot.IpSets.Value ?? [])
        {
            _ipSets[set.Name] = set;
        }

        Routing = new RoutingTables(this);
        Pods = new PodDirectory(snapshot);
        Services = new ServiceDirectory(snapshot, services);
    }

    internal NodeSnapshot Snapshot { get; }

    /// <summary>Asks the kernel for the UDP flows to an address and port; null to look into the snapshot.</summary>
    internal Func<IPAddress, ushort, Part<IReadOnlyList<UdpFlow>>>? LiveFlows { get; init; }

    /// <summary>Policy rules and routes.</summary>
    internal RoutingTables Routing { get; }

    /// <summary>Who the pods are.</summary>
    internal PodDirectory Pods { get; }

    /// <summary>What Services are called of which the kernel keeps no names.</summary>
    internal ServiceDirectory Services { get; }

    internal Link? Link(string? name) => name is null ? null : _linksByName.GetValueOrDefault(name);

    internal Link? Link(int? index) => index is int number ? _linksByIndex.GetValueOrDefault(number) : null;

    /// <summary>A set of ipset(8); null when there is none, or the sets could not be read.</summary>
    internal IpSet? IpSet(string name) => _ipSets.GetValueOrDefault(name);

    /// <summary>The processes that hold a socket.</summary>
    internal Part<IReadOnlyList<ProcessState>> Holders(DiagnosedSocket socket) => _holders?.Invoke(socket) ?? Snapshot.Processes;

    /// <summary>The addresses of a link.</summary>
    internal IEnumerable<LinkAddress> Addresses(Link link) =>
        (Snapshot.Addresses.Value ?? []).Where(address => address.LinkIndex == link.Index);

    /// <summary>A setting of the kernel as a number, such as "net.ipv4.ip_forward"; null when it is not there.</summary>
    internal int? Sysctl(string name) =>
        Snapshot.Sysctls.Value is { } values && values.TryGetValue(name, out string? text)
        && int.TryParse(text, CultureInfo.InvariantCulture, out int number) ? number : null;

    /// <summary>A setting of a link: "net.ipv4.conf.LINK.rp_filter". A dot in the link's name is "/" there.</summary>
    internal int? Sysctl(AddressFamily family, string link, string name) => Sysctl(
        $"net.{(family == AddressFamily.InterNetwork ? "ipv4" : "ipv6")}.conf.{link.Replace('.', '/')}.{name}");

    /// <summary>Whether an address is one of the node's own: what <c>fib daddr type local</c> and addrtype LOCAL ask.</summary>
    internal bool IsLocal(IPAddress address) => Routing.TypeOf(address, null) == RouteType.Local;
}
