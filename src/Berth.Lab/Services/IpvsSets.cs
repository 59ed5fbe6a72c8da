using System.Net;
using System.Text;

namespace Berth.Lab;

/// <summary>The ipsets of kube-proxy's IPVS mode (pkg/proxy/ipvs/ipset.go). All of them are there, whether there is anything in them
/// or not: those for traffic policy Local, source ranges, health checks and SCTP stay empty in a lab.</summary>
internal sealed class IpvsSets
{
    public const string LoopBack = "KUBE-LOOP-BACK";
    public const string ClusterIP = "KUBE-CLUSTER-IP";
    public const string ExternalIP = "KUBE-EXTERNAL-IP";
    public const string ExternalIPLocal = "KUBE-EXTERNAL-IP-LOCAL";
    public const string LoadBalancer = "KUBE-LOAD-BALANCER";
    public const string NodePortTcp = "KUBE-NODE-PORT-TCP";
    public const string NodePortUdp = "KUBE-NODE-PORT-UDP";
    public const string HealthCheckNodePort = "KUBE-HEALTH-CHECK-NODE-PORT";
    public const string Bound = "KUBE-IPVS-IPS";

    private const string AddressPort = "hash:ip,port";
    private const string Ports = "bitmap:port range 0-65535";

    private static readonly (string Name, string Type)[] All =
    [
        (LoopBack, "hash:ip,port,ip"),
        (ClusterIP, AddressPort),
        (ExternalIP, AddressPort),
        (ExternalIPLocal, AddressPort),
        (LoadBalancer, AddressPort),
        ("KUBE-LOAD-BALANCER-FW", AddressPort),
        ("KUBE-LOAD-BALANCER-LOCAL", AddressPort),
        ("KUBE-LOAD-BALANCER-SOURCE-IP", "hash:ip,port,ip"),
        ("KUBE-LOAD-BALANCER-SOURCE-CIDR", "hash:ip,port,net"),
        (NodePortTcp, Ports),
        ("KUBE-NODE-PORT-LOCAL-TCP", Ports),
        (NodePortUdp, Ports),
        ("KUBE-NODE-PORT-LOCAL-UDP", Ports),
        ("KUBE-NODE-PORT-SCTP-HASH", AddressPort),
        ("KUBE-NODE-PORT-LOCAL-SCTP-HASH", AddressPort),
        (HealthCheckNodePort, Ports),
        (Bound, "hash:ip"),
    ];

    private readonly Dictionary<string, List<string>> _entries = [];

    /// <param name="ports">What is served.</param>
    /// <param name="bound">The addresses of <c>kube-ipvs0</c>.</param>
    /// <param name="isLocal">Whether an endpoint is on this node: only such a one can ask a Service and get itself.</param>
    public IpvsSets(IReadOnlyList<ServedPort> ports, IReadOnlyList<IPAddress> bound, Func<IPAddress, bool> isLocal)
    {
        foreach (ServedPort port in ports)
        {
            string suffix = $"{port.Protocol}:{port.Port}";
            Add(ClusterIP, [$"{port.ClusterIP},{suffix}"]);
            Add(ExternalIP, port.ExternalIPs.Select(address => $"{address},{suffix}"));
            Add(LoadBalancer, port.LoadBalancerIPs.Select(address => $"{address},{suffix}"));
            Add(
                LoopBack,
                port.Endpoints.Where(endpoint => isLocal(endpoint.Address))
                    .Select(endpoint => $"{endpoint.Address},{port.Protocol}:{endpoint.Port},{endpoint.Address}"));
            if (port.NodePort is int node)
            {
                Add(port.IsUdp ? NodePortUdp : NodePortTcp, [$"{node}"]);
            }
        }

        Add(Bound, bound.Select(static address => address.ToString()));
    }

    /// <summary>The names of all sets.</summary>
    public static IEnumerable<string> Names => All.Select(static set => set.Name);

    public bool IsEmpty(string name) => !_entries.TryGetValue(name, out List<string>? entries) || entries.Count == 0;

    /// <summary>For <c>ipset restore</c>.</summary>
    public string ToText()
    {
        StringBuilder text = new();
        foreach ((string name, string type) in All)
        {
            text.AppendLine($"create {name} {type}");
            text.AppendLine($"flush {name}");
            foreach (string entry in _entries.GetValueOrDefault(name, []))
            {
                text.AppendLine($"add {name} {entry}");
            }
        }

        return text.ToString();
    }

    private void Add(string name, IEnumerable<string> entries)
    {
        if (!_entries.TryGetValue(name, out List<string>? list))
        {
            _entries.Add(name, list = []);
        }

        list.AddRange(entries);
    }
}
