using System.Net;
using System.Net.Sockets;
using System.Text;
using Berth.Netlink.Route;

namespace Berth.Lab;

/// <summary>kube-proxy's IPVS mode: the addresses of Services on a dummy interface, virtual services in the kernel, and the
/// iptables rules, driven by ipsets, that hide source addresses and keep NAT off what IPVS is to get
/// (pkg/proxy/ipvs/proxier.go).</summary>
internal sealed class KubeProxyIpvs(NodeMachine node, string restore, NetworkEntry network, Programs programs) : KubeProxy
{
    private const string Link = "kube-ipvs0";

    private readonly HashSet<IPAddress> _bound = [];
    private bool _isStarted;

    private string Program => restore[..^"-restore".Length];

    public override void Sync(IReadOnlyList<ServedPort> ports)
    {
        if (!_isStarted)
        {
            Start();
        }
        else if (!AreThere(programs.Must(node.Place, $"{Program}-save", []), [.. IpvsLayout.NatJumps, .. IpvsLayout.FilterJumps]))
        {
            // It looks after them with each change.
            EnsureJumps();
        }

        IpvsLayout layout = new(
            ports, network, NodeAddresses(),
            address => address.Equals(node.Address) || IPNetwork.Parse(node.PodCidr(network)).Contains(address));
        BindAddresses(layout.BoundAddresses);
        programs.Must(node.Place, "ipset", ["restore", "-exist"], layout.IpSets());
        programs.Must(node.Place, restore, ["--noflush"], layout.Iptables(withJumps: !_isStarted));
        programs.Must(node.Place, "ipvsadm", ["-C"]);
        programs.Must(node.Place, "ipvsadm", ["-R"], layout.VirtualServices());
        _isStarted = true;
    }

    public override void Restart(IReadOnlyList<ServedPort> ports)
    {
        EnsureJumps();
        Sync(ports);
    }

    public override void Stop()
    {
        // What is to be removed must be there.
        EnsureJumps();
        programs.Must(node.Place, restore, ["--noflush"], IpvsLayout.Removal());
        programs.Must(node.Place, "ipvsadm", ["-C"]);
        programs.Must(node.Place, "ip", ["link", "delete", Link]);
        foreach (string set in IpvsSets.Names)
        {
            programs.Must(node.Place, "ipset", ["destroy", set]);
        }

        _bound.Clear();
        _isStarted = false;
    }

    private void EnsureJumps() => EnsureJumps(programs, node.Place, Program, IpvsLayout.FilterJumps, IpvsLayout.NatJumps);

    private static bool AreThere(string saved, IReadOnlyList<string> jumps)
    {
        string[] lines = saved.Split('\n');
        return jumps.All(jump => Array.Exists(
            lines,
            line => line.StartsWith($"-A {jump[..jump.IndexOf(' ')]} ", StringComparison.Ordinal)
                && line.EndsWith(jump[jump.LastIndexOf(" -j ", StringComparison.Ordinal)..], StringComparison.Ordinal)));
    }

    private void Start()
    {
        node.Place.SetSysctl("net.ipv4.vs.conntrack", "1");
        node.Place.SetSysctl("net.ipv4.vs.expire_nodest_conn", "1");
        node.Place.SetSysctl("net.ipv4.vs.expire_quiescent_template", "1");
        programs.Must(node.Place, "ip", ["link", "add", Link, "type", "dummy"]);
    }

    // GetAllLocalAddressesExcept of pkg/proxy/ipvs/netlink_linux.go: bridges to pods and overlays count too.
    private List<IPAddress> NodeAddresses() => node.Place.Namespace.Run(static () =>
    {
        using RouteConnection connection = RouteConnection.Open();
        int? own = connection.FindLink(Link)?.Index;
        return connection.Addresses(AddressFamily.InterNetwork)
            .Where(address => address.LinkIndex != own && !IPAddress.IsLoopback(address.Address))
            .Select(static address => address.Address).Distinct().ToList();
    });

    // The interface stays down: its addresses are local all the same.
    private void BindAddresses(IReadOnlyList<IPAddress> wanted)
    {
        StringBuilder batch = new();
        foreach (IPAddress address in wanted.Except(_bound))
        {
            batch.AppendLine($"address add {address}/32 dev {Link}");
        }

        foreach (IPAddress address in _bound.Except(wanted))
        {
            batch.AppendLine($"address delete {address}/32 dev {Link}");
        }

        if (batch.Length > 0)
        {
            programs.Must(node.Place, "ip", ["-batch", "-"], batch.ToString());
        }

        _bound.Clear();
        _bound.UnionWith(wanted);
    }
}
