using System.Net;
using System.Net.Sockets;
using Berth.Netlink.Conntrack;
using Berth.NfTables;

namespace Berth.HostPorts.Nftables;

/// <summary>Which UDP flows become stale when mappings come or go.</summary>
internal static class UdpFlush
{
    private const byte Udp = 17;

    /// <summary>
    /// After an ADD: flows to a mapped port that lead anywhere but to its pod. A flow to an address for which a mapping of
    /// its own exists is that mapping's affair.
    /// </summary>
    internal static void AfterAdd(NfTablesConnection connection, StaleUdpFlows flows, FamilyPlan plan)
    {
        Dictionary<ushort, MappingElement> anywhere = [];
        Dictionary<(IPAddress, ushort), MappingElement> somewhere = [];
        foreach (Slot slot in plan.Ports)
        {
            if (MappingElement.From(plan.Table.Family, slot.Wanted!) is not { Protocol: Udp } mapping)
            {
                continue;
            }

            if (mapping.HostAddress is null)
            {
                anywhere[mapping.HostPort] = mapping;
            }
            else
            {
                somewhere[(mapping.HostAddress, mapping.HostPort)] = mapping;
            }
        }

        HashSet<ushort> ports = [.. anywhere.Keys, .. somewhere.Keys.Select(static key => key.Item2)];
        flows.Delete(Family(plan.Table.Family), ports, flow =>
        {
            (IPAddress destination, ushort port) = (flow.Original.Destination, flow.Original.DestinationPort);
            if (somewhere.TryGetValue((destination, port), out MappingElement? mapping))
            {
                return !LeadsTo(flow, mapping);
            }

            return anywhere.TryGetValue(port, out mapping) && !LeadsTo(flow, mapping)
                && !HasMappingOfItsOwn(connection, plan, destination, port);
        });
    }

    /// <summary>After a DEL: flows that came through a mapping which is gone, to its pod.</summary>
    internal static void AfterDelete(StaleUdpFlows flows, IReadOnlyList<MappingElement> removed)
    {
        foreach (AddressFamily family in (AddressFamily[])[AddressFamily.InterNetwork, AddressFamily.InterNetworkV6])
        {
            ILookup<ushort, MappingElement> ports = removed
                .Where(mapping => mapping.Protocol == Udp && mapping.Pod.AddressFamily == family)
                .ToLookup(static mapping => mapping.HostPort);
            flows.Delete(family, ports.Select(static port => port.Key).ToHashSet(), flow =>
                ports[flow.Original.DestinationPort].Any(mapping => LeadsTo(flow, mapping)
                    && (mapping.HostAddress is null || mapping.HostAddress.Equals(flow.Original.Destination))));
        }
    }

    private static bool LeadsTo(Flow flow, MappingElement mapping) =>
        flow.Reply.Source.Equals(mapping.Pod) && flow.Reply.SourcePort == mapping.ContainerPort;

    private static bool HasMappingOfItsOwn(
        NfTablesConnection connection, FamilyPlan plan, IPAddress destination, ushort port)
    {
        Set set = plan.Network?.HostPortsAt ?? plan.Table.Sets.HostPortsAt;
        DataValue key = DataValue.Concatenate(
            DataValue.FromAddress(destination), DataValue.FromByte(Udp), DataValue.FromPort(port));
        Query query = new();
        Answer<Element> element = query.Element(set, key);
        connection.Ask(query);
        return element.Value is not null;
    }

    private static AddressFamily Family(NfFamily family) =>
        family == NfFamily.Ip ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6;
}
