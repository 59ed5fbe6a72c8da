using System.Net;
using Berth.HostPorts.Configuration;
using Berth.HostPorts.Nftables;
using Berth.Netlink.Conntrack;

namespace Berth.HostPorts.Iptables;

/// <summary>Which UDP flows become stale when a container gets its rules.</summary>
internal static class UdpFlush
{
    private const byte Udp = (byte)TransportProtocol.Udp;

    /// <summary>
    /// Flows to a mapped port that lead anywhere but to its pod. A flow to an address for which a mapping of its own exists
    /// is that mapping's affair.
    /// </summary>
    internal static void AfterAdd(StaleUdpFlows flows, FamilyAddition family)
    {
        Dictionary<(IPAddress?, ushort), MappingElement> mappings = [];
        List<PortBlock> ports = [];
        foreach (MappingElement mapping in family.Rules.Mappings)
        {
            if (mapping.Protocol == Udp)
            {
                mappings[(mapping.HostAddress, mapping.HostPort)] = mapping;
                ports.Add(mapping.HostPorts);
            }
        }

        if (mappings.Count == 0)
        {
            return;
        }

        Dictionary<(IPAddress?, ushort), MappingElement> others = [];
        foreach (string chain in family.Table.Chains.Keys)
        {
            if (chain != family.Rules.Chain && ChainNames.IsOfContainer(chain))
            {
                foreach (MappingElement mapping in SavedMappings.Of(family.Table, chain))
                {
                    if (mapping.Protocol == Udp && mapping.HostAddress is not null)
                    {
                        others[(mapping.HostAddress, mapping.HostPort)] = mapping;
                    }
                }
            }
        }

        flows.Delete(family.Family, ports, flow =>
        {
            (IPAddress?, ushort) place = (flow.Original.Destination, flow.Original.DestinationPort);
            MappingElement? mapping = mappings.GetValueOrDefault(place);
            if (mapping is null && !others.ContainsKey(place))
            {
                mapping = mappings.GetValueOrDefault((null, place.Item2));
            }

            return mapping is not null
                && !(flow.Reply.Source.Equals(mapping.Pod) && flow.Reply.SourcePort == mapping.ContainerPort);
        });
    }
}
