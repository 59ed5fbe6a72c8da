using System.Net;
using Berth.Kernel.Tests.Topology;

namespace Berth.Kernel.Tests.Services;

/// <summary>kube-proxy's IPVS mode on a node: the addresses of Services on a dummy interface, which it leaves down, and a
/// virtual service for each address and port. NodePorts have one on each of the node's own addresses.</summary>
internal sealed class KubeIpvs
{
    private const string Link = "kube-ipvs0";

    private readonly Node _node;

    /// <summary>Makes the interface; the test is skipped, saying why, where the kernel has no IPVS.</summary>
    internal KubeIpvs(Node node)
    {
        _node = node;
        Assert.SkipUnless(
            File.Exists("/proc/net/ip_vs"), "this kernel has no IPVS, or has not loaded it; eng/kernel-vm has one that does");
        node.SetSysctl("net.ipv4.vs.conntrack", "1");
        node.Ip($"link add {Link} type dummy");
    }

    /// <summary>Makes what serves a Service.</summary>
    internal void Add(KubeService service)
    {
        foreach (IPAddress address in Bound(service))
        {
            _node.Ip($"address add {address}/{(service.Family == Family.IPv4 ? 32 : 128)} dev {Link}");
            AddVirtualService(service, address, KubeService.Port);
        }

        foreach (IPAddress address in service.NodeIPs)
        {
            AddVirtualService(service, address, KubeService.NodePort);
        }
    }

    /// <summary>Takes it away.</summary>
    internal void Remove(KubeService service)
    {
        foreach (IPAddress address in Bound(service))
        {
            Ipvsadm("-D", "-t", At(address, KubeService.Port));
            _node.Ip($"address delete {address}/{(service.Family == Family.IPv4 ? 32 : 128)} dev {Link}");
        }

        foreach (IPAddress address in service.NodeIPs)
        {
            Ipvsadm("-D", "-t", At(address, KubeService.NodePort));
        }
    }

    /// <summary>Runs ipvsadm.</summary>
    internal void Ipvsadm(params string[] arguments) =>
        _node.Run("ipvsadm", arguments).Succeeded("ipvsadm " + string.Join(' ', arguments));

    private static IEnumerable<IPAddress> Bound(KubeService service) =>
        service.Ways.Where(static way => way.Port == KubeService.Port).Select(static way => way.Address);

    private static string At(IPAddress address, int port) => new IPEndPoint(address, port).ToString();

    private void AddVirtualService(KubeService service, IPAddress address, int port)
    {
        Ipvsadm("-A", "-t", At(address, port), "-s", "rr");
        Ipvsadm("-a", "-t", At(address, port), "-r", At(service.Backend.Address(service.Family), KubeService.Port), "-m");
    }
}
