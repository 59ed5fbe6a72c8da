using System.Net;
using System.Net.Sockets;

namespace Berth.Inspection;

/// <summary>An address and a port as people write them.</summary>
internal static class EndpointText
{
    internal static string Of(IPAddress address, ushort port) => port == 0 ? $"{address}"
        : address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{address}]:{port}"
        : $"{address}:{port}";

    internal static string Protocol(byte number) => number switch
    {
        1 => "icmp",
        6 => "tcp",
        17 => "udp",
        58 => "icmpv6",
        132 => "sctp",
        136 => "udplite",
        _ => $"protocol {number}",
    };
}
