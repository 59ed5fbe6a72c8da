using System.Net;
using System.Net.Sockets;
using Berth.HostPorts.Configuration;
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
        Dictionary<(IPAddress?, ushort), MappingElement> singles = [];
        List<MappingElement> ranges = [];
        List<PortBlock> ports = [];
        foreach (Slot slot in plan.Ports)
        {
            if (slot.Place!.Lane.Protocol != Udp || MappingElement.From(plan.Table.Family, slot.Wanted!) is not MappingElement mapping)
            {
                continue;
            }

            ports.Add(mapping.HostPorts);
            if (mapping.HostPorts.IsOne)
            {
                singles[(mapping.HostAddress, mapping.HostPort)] = mapping;
            }
            else
            {
                ranges.Add(mapping);
            }
        }

        flows.Delete(Family(plan.Table.Family), ports, flow =>
        {
            (IPAddress destination, ushort port) = (flow.Original.Destination, flow.Original.DestinationPort);
            if (Find(destination, port) is MappingElement mapping)
            {
                return IsOurs(flow) && !LeadsTo(flow, mapping);
            }

            return Find(null, port) is MappingElement any && IsOurs(flow) && !LeadsTo(flow, any)
                && !HasMappingOfItsOwn(connection, plan, destination, port);
        });

        MappingElement? Find(IPAddress? host, ushort port) => singles.TryGetValue((host, port), out MappingElement? single)
            ? single
            : ranges.Find(range => range.HostPorts.Contains(port) && Equals(range.HostAddress, host));
    }

    /// <summary>After a DEL: flows that came through a mapping which is gone, to its pod.</summary>
    internal static void AfterDelete(StaleUdpFlows flows, IReadOnlyList<MappingElement> removed)
    {
        foreach (AddressFamily family in (AddressFamily[])[AddressFamily.InterNetwork, AddressFamily.InterNetworkV6])
        {
            List<PortBlock> ports = [];
            HashSet<(IPAddress? Host, ushort Port, IPAddress Pod, ushort ContainerPort)> gone = [];
            List<MappingElement> ranges = [];
            foreach (MappingElement mapping in removed)
            {
                if (mapping.Protocol != Udp || mapping.Pod.AddressFamily != family)
                {
                    continue;
                }

                ports.Add(mapping.HostPorts);
                if (mapping.HostPorts.IsOne)
                {
                    gone.Add((mapping.HostAddress, mapping.HostPort, mapping.Pod, mapping.ContainerPort));
                }
                else
                {
                    ranges.Add(mapping);
                }
            }

            flows.Delete(family, ports, flow => IsGone(flow, null) || IsGone(flow, flow.Original.Destination));

            bool IsGone(Flow flow, IPAddress? host)
            {
                ushort port = flow.Original.DestinationPort;
                return gone.Contains((host, port, flow.Reply.Source, flow.Reply.SourcePort))
                    || ranges.Exists(range => range.HostPorts.Contains(port) && Equals(range.HostAddress, host) && LeadsTo(flow, range));
            }
        }
    }

    private static bool IsOurs(Flow flow) =>
        (flow.Status & FlowStatus.DestinationNat) == 0 || flow.HasLabel(Steps.Label);

    private static bool LeadsTo(Flow flow, MappingElement mapping) =>
        flow.Reply.Source.Equals(mapping.Pod)
        && flow.Reply.SourcePort == mapping.ContainerPort + flow.Original.DestinationPort - mapping.HostPort;

    private static bool HasMappingOfItsOwn(
        NfTablesConnection connection, FamilyPlan plan, IPAddress destination, ushort port)
    {
        PortMaps maps = plan.Network?.AtAddress ?? plan.Table.Sets.AtAddress;
        DataValue key = PortLane.Make(maps, destination, Udp).Key(port);
        Query query = new();
        Answer<Element> single = query.Element(maps.Single, key);
        Answer<Element> range = query.Element(maps.Ranges, key);
        connection.Ask(query);
        return single.Value is not null || range.Value is not null;
    }

    private static AddressFamily Family(NfFamily family) =>
        family == NfFamily.Ip ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6;
}
