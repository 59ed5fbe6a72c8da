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

/// <summary>One host port, or a range of them that the pod has under the same numbers, as it is asked for.</summary>
/// <param name="HostPort">The node's port, 1 to 65535; of a range the first.</param>
/// <param name="ContainerPort">The pod's port, 1 to 65535; of a range the first.</param>
/// <param name="Protocol">The transport protocol.</param>
/// <param name="HostIP">
/// The node's address that it is limited to. Null: any address of either family; 0.0.0.0 or ::, any address of that
/// family. Never an IPv4 address written as an IPv6 one.
/// </param>
public sealed record PortMapping(ushort HostPort, ushort ContainerPort, TransportProtocol Protocol, IPAddress? HostIP)
{
    // How many ports there are beside the first, so that a mapping of one port equals itself however it was made.
    private readonly ushort _more;

    /// <summary>The last of the node's ports, from <see cref="HostPort"/> on; the pod's go alongside.</summary>
    public ushort HostPortEnd
    {
        get => (ushort)(HostPort + _more);
        init => _more = (ushort)(value - HostPort);
    }

    /// <summary>Whether it has more ports than one.</summary>
    public bool IsRange => _more > 0;

    /// <summary>Whether node and pod have the same numbers.</summary>
    public bool KeepsPort => HostPort == ContainerPort;

    internal PortBlock HostPorts => new(HostPort, HostPortEnd);

    /// <summary>Itself, or port by port where the pod has other numbers than the node.</summary>
    internal PortMapping[] Parts() => IsRange && !KeepsPort ? Singles() : [this];

    /// <summary>The same, port by port.</summary>
    internal PortMapping[] Singles()
    {
        if (!IsRange)
        {
            return [this];
        }

        PortMapping[] singles = new PortMapping[_more + 1];
        for (int i = 0; i < singles.Length; i++)
        {
            singles[i] = new PortMapping((ushort)(HostPort + i), (ushort)(ContainerPort + i), Protocol, HostIP);
        }

        return singles;
    }
}
