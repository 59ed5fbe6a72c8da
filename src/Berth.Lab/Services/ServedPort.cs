using System.Net;

namespace Berth.Lab;

/// <summary>One port of a Service, with everything that kube-proxy needs to serve it.</summary>
/// <param name="Namespace">The Service's namespace.</param>
/// <param name="Service">The Service's name.</param>
/// <param name="PortName">The port's name; empty when it has none.</param>
/// <param name="IsUdp">UDP instead of TCP.</param>
/// <param name="ClusterIP">The address within the cluster.</param>
/// <param name="Port">The port there, and at external addresses.</param>
/// <param name="NodePort">The port at the nodes' addresses; null for none.</param>
/// <param name="ExternalIPs">The addresses outside the cluster that lead to it.</param>
/// <param name="LoadBalancerIPs">The addresses of its load balancer.</param>
/// <param name="Endpoints">Where it leads.</param>
internal sealed record ServedPort(
    string Namespace, string Service, string PortName, bool IsUdp, IPAddress ClusterIP, int Port, int? NodePort,
    IReadOnlyList<IPAddress> ExternalIPs, IReadOnlyList<IPAddress> LoadBalancerIPs, IReadOnlyList<ServiceEndpoint> Endpoints)
{
    public string Protocol => IsUdp ? "udp" : "tcp";

    /// <summary>As kube-proxy names it (<c>ServicePortName</c>): <c>default/web:http</c>, or <c>default/web</c>.</summary>
    public string Name => PortName.Length == 0 ? $"{Namespace}/{Service}" : $"{Namespace}/{Service}:{PortName}";

    /// <summary>Whether anything but its ClusterIP leads to it.</summary>
    public bool IsExternal => NodePort is not null || ExternalIPs.Count > 0 || LoadBalancerIPs.Count > 0;

    public override string ToString() => Name;
}
