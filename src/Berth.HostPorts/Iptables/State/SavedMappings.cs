using System.Globalization;
using System.Net;
using Berth.HostPorts.Configuration;
using Berth.HostPorts.Nftables;

namespace Berth.HostPorts.Iptables;

/// <summary>The mappings that containers' chains hold.</summary>
internal static class SavedMappings
{
    /// <summary>Those of one chain, in order.</summary>
    internal static List<MappingElement> Of(NatTable table, string chain)
    {
        List<MappingElement> mappings = [];
        foreach (SavedRule rule in table.Rules(chain))
        {
            if (Read(rule) is MappingElement mapping)
            {
                mappings.Add(mapping);
            }
        }

        return mappings;
    }

    /// <summary>The mapping that a rule is; null for any other rule.</summary>
    internal static MappingElement? Read(SavedRule rule) => rule.Value("-j") == "DNAT"
        && ReadPort(rule) is (var host, byte protocol, ushort port)
        && IPEndPoint.TryParse(rule.Value("--to-destination") ?? "", out IPEndPoint? target)
            ? new MappingElement(host, protocol, port, target.Address, (ushort)target.Port)
            : null;

    /// <summary>The host port that a rule is about, to mark what comes there for instance; null when it is about none.</summary>
    internal static (IPAddress? Host, byte Protocol, ushort Port)? ReadPort(SavedRule rule)
    {
        if (Protocol(rule.Value("-p")) is not byte protocol
            || !ushort.TryParse(rule.Value("--dport"), NumberStyles.None, CultureInfo.InvariantCulture, out ushort port))
        {
            return null;
        }

        IPAddress? host = null;
        return rule.Value("-d") is string destination && !IPAddress.TryParse(destination.Split('/')[0], out host)
            ? null
            : (host, protocol, port);
    }

    private static byte? Protocol(string? name) => name switch
    {
        "tcp" => (byte)TransportProtocol.Tcp,
        "udp" => (byte)TransportProtocol.Udp,
        "sctp" => (byte)TransportProtocol.Sctp,
        _ => null,
    };
}
