using System.Net;

namespace Berth.HostPorts.Configuration;

/// <summary>A transport protocol that a host port can have; the value is its number (IANA, linux/in.h).</summary>
public enum TransportProtocol : byte
{
    /// <summary>TCP.</summary>
    Tcp = 6,

    /// <summary>UDP.</summary>
    Udp = 17,

    /// <summary>SCTP.</summary>
    Sctp = 132,
}

/// <summary>One host port, as it is asked for.</summary>
/// <param name="HostPort">The node's port, 1 to 65535.</param>
/// <param name="ContainerPort">The pod's port, 1 to 65535.</param>
/// <param name="Protocol">The transport protocol.</param>
/// <param name="HostIP">
/// The node's address that it is limited to. Null: any address of either family; 0.0.0.0 or ::, any address of that
/// family. Never an IPv4 address written as an IPv6 one.
/// </param>
public sealed record PortMapping(ushort HostPort, ushort ContainerPort, TransportProtocol Protocol, IPAddress? HostIP);
