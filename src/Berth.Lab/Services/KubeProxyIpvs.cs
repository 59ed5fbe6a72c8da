using System.Net;
using System.Text;

namespace Berth.Lab;

/// <summary>kube-proxy's IPVS mode: the addresses of Services on a dummy interface, virtual services in the kernel, and the
/// iptables rules, driven by ipsets, that hide source addresses and keep NAT off what IPVS is to get
/// (pkg/proxy/ipvs/proxier.go).</summary>
internal sealed class KubeProxyIpvs(NodeMachine node, string restore, NetworkEntry network, Programs programs) : KubeProxy
{
    private const string Link = "kube-ipvs0";

    private readonly HashSet<IPAddress> _bound = [];
    private bool _isStarted;

    public override void Sync(IReadOnlyList<ServedPort> ports)
    {
        if (!_isStarted)
        {
            Start();
        }

        BindAddresses(ports);
        IpvsLayout layout = new(
            ports, network, [node.Address, .. node.Entry.MoreAddresses],
            address => address.Equals(node.Address) || IPNetwork.Parse(node.PodCidr(network)).Contains(address));
        programs.Must(node.Place, "ipset", ["restore", "-exist"], layout.IpSets());
        programs.Must(node.Place, restore, ["--noflush"], layout.Iptables(withJumps: !_isStarted));
        programs.Must(node.Place, "ipvsadm", ["-C"]);
        programs.Must(node.Place, "ipvsadm", ["-R"], layout.VirtualServices());
        _isStarted = true;
    }

    public override void Restart(IReadOnlyList<ServedPort> ports)
    {
        programs.Must(node.Place, "sh", ["-e"], EnsureJumps(restore[..^"-restore".Length], "nat", IpvsLayout.Jumps));
        Sync(ports);
    }

    public override void Stop()
    {
        programs.Must(node.Place, restore, ["--noflush"], IpvsLayout.Removal());
        programs.Must(node.Place, "ipvsadm", ["-C"]);
        programs.Must(node.Place, "ip", ["link", "delete", Link]);
        foreach (string set in IpvsLayout.Sets)
        {
            programs.Must(node.Place, "ipset", ["destroy", set]);
        }

        _bound.Clear();
        _isStarted = false;
    }

    private void Start()
    {
        node.Place.SetSysctl("net.ipv4.vs.conntrack", "1");
        node.Place.SetSysctl("net.ipv4.vs.expire_nodest_conn", "1");
        programs.Must(node.Place, "ip", ["link", "add", Link, "type", "dummy"]);
    }

    // The interface stays down: its addresses are local all the same.
    private void BindAddresses(IReadOnlyList<ServedPort> ports)
    {
        HashSet<IPAddress> wanted = [];
        foreach (ServedPort port in ports)
        {
            wanted.UnionWith([port.ClusterIP, .. port.ExternalIPs, .. port.LoadBalancerIPs]);
        }

        wanted.ExceptWith([node.Address, .. node.Entry.MoreAddresses]);
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
