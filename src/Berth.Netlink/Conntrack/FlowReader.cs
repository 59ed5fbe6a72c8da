using System.Net;
using Berth.Netlink.Netfilter;

namespace Berth.Netlink.Conntrack;

/// <summary>Reads IPCTNL_MSG_CT_NEW.</summary>
internal static class FlowReader
{
    /// <summary>The flow; null when it lacks a tuple or its addresses, so that nobody could name it.</summary>
    internal static Flow? Read(NetlinkMessage message)
    {
        FlowTuple? original = null;
        FlowTuple? reply = null;
        FlowStatus status = FlowStatus.None;
        uint id = 0;
        ushort zone = 0;
        uint mark = 0;
        byte[] labels = [];
        foreach (NetlinkAttribute attribute in message.Attributes(NetfilterHeader.Size))
        {
            switch (attribute.Type)
            {
                case ConntrackAttribute.TupleOriginal:
                    original = ReadTuple(attribute.Nested);
                    break;
                case ConntrackAttribute.TupleReply:
                    reply = ReadTuple(attribute.Nested);
                    break;
                case ConntrackAttribute.Status:
                    status = (FlowStatus)attribute.ReadUInt32BigEndian();
                    break;
                case ConntrackAttribute.Id:
                    id = attribute.ReadUInt32BigEndian();
                    break;
                case ConntrackAttribute.Zone:
                    zone = attribute.ReadUInt16BigEndian();
                    break;
                case ConntrackAttribute.Mark:
                    mark = attribute.ReadUInt32BigEndian();
                    break;
                case ConntrackAttribute.Labels:
                    labels = attribute.Value.ToArray();
                    break;
                default:
                    break;
            }
        }

        return original is null || reply is null ? null : new Flow(original, reply, status, id, zone, mark, labels);
    }

    private static FlowTuple? ReadTuple(AttributeReader tuple)
    {
        IPAddress? source = null;
        IPAddress? destination = null;
        FlowPorts ports = default;
        ushort? zone = null;
        foreach (NetlinkAttribute attribute in tuple)
        {
            switch (attribute.Type)
            {
                case ConntrackAttribute.TupleAddresses:
                    ReadAddresses(attribute.Nested, ref source, ref destination);
                    break;
                case ConntrackAttribute.TupleProtocol:
                    ports = FlowPorts.Read(attribute.Nested);
                    break;
                case ConntrackAttribute.TupleZone:
                    zone = attribute.ReadUInt16BigEndian();
                    break;
                default:
                    break;
            }
        }

        return source is null || destination is null || source.AddressFamily != destination.AddressFamily
            ? null
            : new FlowTuple(ports.Protocol, source, destination, ports.Source, ports.Destination, ports.Icmp, zone);
    }

    private static void ReadAddresses(AttributeReader addresses, ref IPAddress? source, ref IPAddress? destination)
    {
        foreach (NetlinkAttribute attribute in addresses)
        {
            switch (attribute.Type)
            {
                case ConntrackAttribute.SourceIPv4 or ConntrackAttribute.SourceIPv6:
                    source = attribute.ReadIPAddress();
                    break;
                case ConntrackAttribute.DestinationIPv4 or ConntrackAttribute.DestinationIPv6:
                    destination = attribute.ReadIPAddress();
                    break;
                default:
                    break;
            }
        }
    }
}
