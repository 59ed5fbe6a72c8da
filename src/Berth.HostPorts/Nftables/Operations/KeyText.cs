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
        return key.Length switch
        {
            8 when slot.Set.KeyType.Number == PortType => $"{Protocol(key.Bytes[0])} port {key.Field(4, 2).ToPort()}",
            12 or 24 => Address(key, key.Length - 8),
            4 or 16 => $"{key.ToAddress()}",
            8 or 32 => $"{key.Field(0, key.Length / 2).ToAddress()}",
            _ => key.ToString(),
        };
    }

    internal static string Describe(MappingElement mapping) => mapping.HostAddress is null
        ? $"{Protocol(mapping.Protocol)} port {mapping.HostPort}"
        : $"{Protocol(mapping.Protocol)} {mapping.HostAddress} port {mapping.HostPort}";

    internal static string DescribeTarget(Element element) => element.Value switch
    {
        { Length: 8 } target => $"{target.Field(0, 4).ToAddress()}:{target.Field(4, 2).ToPort()}",
        { Length: 20 } target => $"[{target.Field(0, 16).ToAddress()}]:{target.Field(16, 2).ToPort()}",
        { } other => other.ToString(),
        null => "nothing",
    };

    private static uint PortType { get; } = DataType.Concatenate(DataType.InetProtocol, DataType.InetService).Number;

    private static string Address(DataValue key, int length)
    {
        IPAddress address = key.Field(0, length).ToAddress();
        return $"{Protocol(key.Bytes[length])} {address} port {key.Field(length + 4, 2).ToPort()}";
    }

    private static string Protocol(byte number) => (TransportProtocol)number switch
    {
        TransportProtocol.Tcp => "tcp",
        TransportProtocol.Udp => "udp",
        TransportProtocol.Sctp => "sctp",
        _ => $"protocol {number}",
    };
}
