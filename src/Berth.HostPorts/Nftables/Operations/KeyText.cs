using System.Net;
using Berth.HostPorts.Configuration;
using Berth.NfTables;

namespace Berth.HostPorts.Nftables;

/// <summary>Keys and targets in words.</summary>
internal static class KeyText
{
    internal static string Describe(Slot slot)
    {
        DataValue key = slot.Key;
        return (slot.Place, key.Length) switch
        {
            (PortPlace place, _) => Describe(place.Lane, place.Ports),
            _ when slot.Set.KeyType.Number == PortType => Ports(null, key, slot.KeyEnd ?? key),
            (_, 4 or 16) => $"{key.ToAddress()}",
            (_, 8 or 32) => $"{key.Field(0, key.Length / 2).ToAddress()}",
            _ => key.ToString(),
        };
    }

    internal static string Describe(MappingElement mapping) => mapping.HostAddress is null
        ? $"{Protocol(mapping.Protocol)} port {mapping.HostPort}"
        : $"{Protocol(mapping.Protocol)} {mapping.HostAddress} port {mapping.HostPort}";

    /// <summary>Ports of a lane: "tcp port 80", "udp 192.0.2.1 ports 8000-8999".</summary>
    internal static string Describe(PortLane lane, PortBlock ports) =>
        Ports(lane.Host, lane.Key(ports.First), lane.Key(ports.Last));

    /// <summary>Where one port of a mapping leads.</summary>
    internal static string DescribeTarget(Holding held, ushort port) => held.Element.Value is DataValue { Length: 4 or 16 } pod
        ? new IPEndPoint(pod.ToAddress(), port).ToString()
        : DescribeTarget(held.Element);

    internal static string DescribeTarget(Element element) => element.Value switch
    {
        { Length: 8 } target => $"{target.Field(0, 4).ToAddress()}:{target.Field(4, 2).ToPort()}",
        { Length: 20 } target => $"[{target.Field(0, 16).ToAddress()}]:{target.Field(16, 2).ToPort()}",
        { Length: 4 or 16 } pod => $"{pod.ToAddress()}",
        { } other => other.ToString(),
        null => "nothing",
    };

    private static uint PortType { get; } = DataType.Concatenate(DataType.InetProtocol, DataType.InetService).Number;

    private static string Ports(IPAddress? host, DataValue first, DataValue last)
    {
        int start = first.Length - 8;
        PortBlock ports = new(first.Field(start + 4, 2).ToPort(), last.Field(start + 4, 2).ToPort());
        string where = host is null ? "" : $"{host} ";
        return $"{Protocol(first.Bytes[start])} {where}port{(ports.IsOne ? "" : "s")} {ports}";
    }

    private static string Protocol(byte number) => (TransportProtocol)number switch
    {
        TransportProtocol.Tcp => "tcp",
        TransportProtocol.Udp => "udp",
        TransportProtocol.Sctp => "sctp",
        _ => $"protocol {number}",
    };
}
