using System.Net;

namespace Berth.Inspection;

/// <summary>An address and port of a Service, as its manifest says them.</summary>
/// <param name="Service">The Service, as namespace/name:port, or namespace/name where the port has no name.</param>
/// <param name="Kind">ClusterIP, NodePort, external or load-balancer address.</param>
/// <param name="Protocol">The transport protocol's number.</param>
/// <param name="Address">The address; null for a NodePort, which is at the node's own.</param>
/// <param name="Port">The port.</param>
public sealed record DeclaredServicePort(string Service, ListenerKind Kind, byte Protocol, IPAddress? Address, ushort Port);
