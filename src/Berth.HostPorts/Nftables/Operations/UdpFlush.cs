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
    /// After an ADD: flows to a mapped port that lead to a process of the node, or to another pod by a former mapping. What
    /// somebody else rewrote, a Service for one, still goes where it went. A flow to an address for which a mapping of
    /// its own exists is that mapping's affair.
    /// </summary>
    internal static void AfterAdd(NfTablesConnection connection, StaleUdpFlows flows, FamilyPlan plan)
    {
        Dictionary<ushort, MappingElement> anywhere = [];
        Dictionary<(IPAddress, ushort), MappingElement> somewhere = [];
        HashSet<ushort> ports = [];
        foreach (Slot slot in plan.Ports)
        {
            if (MappingElement.From(plan.Table.Family, slot.Wanted!) is not { Protocol: Udp } mapping)
            {
                continue;
            }

            ports.Add(mapping.HostPort);
            if (mapping.HostAddress is null)
            {
                anywhere[mapping.HostPort] = mapping;
            }
            else
            {
                somewhere[(mapping.HostAddress, mapping.HostPort)] = mapping;
            }
        }

        flows.Delete(Family(plan.Table.Family), ports, flow =>
        {
            (IPAddress destination, ushort port) = (flow.Original.Destination, flow.Original.DestinationPort);
            if (somewhere.TryGetValue((destination, port), out MappingElement? mapping))
            {
                return IsOurs(flow) && !LeadsTo(flow, mapping);
            }

            return anywhere.TryGetValue(port, out mapping) && IsOurs(flow) && !LeadsTo(flow, mapping)
                && !HasMappingOfItsOwn(connection, plan, destination, port);
        });
    }

    /// <summary>After a DEL: flows that came through a mapping which is gone, to its pod.</summary>
    internal static void AfterDelete(StaleUdpFlows flows, IReadOnlyList<MappingElement> removed)
    {
        foreach (AddressFamily family in (AddressFamily[])[AddressFamily.InterNetwork, AddressFamily.InterNetworkV6])
        {
            HashSet<ushort> ports = [];
            HashSet<(IPAddress? Host, ushort Port, IPAddress Pod, ushort ContainerPort)> gone = [];
            foreach (MappingElement mapping in removed)
            {
                if (mapping.Protocol == Udp && mapping.Pod.AddressFamily == family)
                {
                    ports.Add(mapping.HostPort);
                    gone.Add((mapping.HostAddress, mapping.HostPort, mapping.Pod, mapping.ContainerPort));
                }
            }

            flows.Delete(family, ports, flow => IsGone(flow, null) || IsGone(flow, flow.Original.Destination));

            bool IsGone(Flow flow, IPAddress? host) =>
                gone.Contains((host, flow.Original.DestinationPort, flow.Reply.Source, flow.Reply.SourcePort));
        }
    }

    private static bool IsOurs(Flow flow) =>
        (flow.Status & FlowStatus.DestinationNat) == 0 || flow.HasLabel(Steps.Label);

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
