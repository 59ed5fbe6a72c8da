using System.Net;
using Berth.HostPorts.Configuration;
using Berth.NfTables;

namespace Berth.HostPorts.Nftables;

/// <summary>A mapping, as its element in the table says it.</summary>
/// <param name="HostAddress">The node's address that it was limited to, or null.</param>
/// <param name="Protocol">The transport protocol's number.</param>
/// <param name="HostPort">The node's port; of a range the first.</param>
/// <param name="Pod">The pod's address.</param>
/// <param name="ContainerPort">The pod's port; of a range the first, which is the node's.</param>
internal sealed record MappingElement(
    IPAddress? HostAddress, byte Protocol, ushort HostPort, IPAddress Pod, ushort ContainerPort)
{
    private const int PortKeyLength = 8; // protocol and port, each padded to four bytes
    private const int PortLength = 4;

    /// <summary>The last of the node's ports; the pod's go alongside.</summary>
    internal ushort HostPortEnd { get; init; } = HostPort;

    internal PortBlock HostPorts => new(HostPort, HostPortEnd);

    internal PortClaim Claim => new(HostAddress, Protocol, HostPorts);

    /// <summary>Null when the element is not one of a port map.</summary>
    internal static MappingElement? From(NfFamily family, Element element)
    {
        int address = family == NfFamily.Ip6 ? 16 : 4;
        if (element.Value is not DataValue target || target.Length != (element.KeyEnd is null ? address + PortLength : address))
        {
            return null;
        }

        int start = element.Key.Length - PortKeyLength;
        if (start != 0 && start != address)
        {
            return null;
        }

        ushort port = element.Key.Field(start + 4, 2).ToPort();
        if (element.KeyEnd is DataValue end && end.Length != element.Key.Length)
        {
            return null;
        }

        return new MappingElement(
            start == 0 ? null : element.Key.Field(0, address).ToAddress(),
            element.Key.Bytes[start],
            port,
            target.Field(0, address).ToAddress(),
            element.KeyEnd is null ? target.Field(address, 2).ToPort() : port)
        {
            HostPortEnd = element.KeyEnd is DataValue last ? last.Field(start + 4, 2).ToPort() : port,
        };
    }
}
