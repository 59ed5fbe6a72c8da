namespace Berth.Netlink.Conntrack;

/// <summary>The protocol part of a tuple (CTA_TUPLE_PROTO).</summary>
internal readonly record struct FlowPorts(byte Protocol, ushort Source, ushort Destination, IcmpKey? Icmp)
{
    internal static FlowPorts Read(AttributeReader attributes)
    {
        FlowPorts ports = default;
        foreach (NetlinkAttribute attribute in attributes)
        {
            ports = attribute.Type switch
            {
                ConntrackAttribute.ProtocolNumber => ports with { Protocol = attribute.ReadByte() },
                ConntrackAttribute.SourcePort => ports with { Source = attribute.ReadUInt16BigEndian() },
                ConntrackAttribute.DestinationPort => ports with { Destination = attribute.ReadUInt16BigEndian() },
                ConntrackAttribute.IcmpId or ConntrackAttribute.IcmpV6Id =>
                    ports with { Icmp = (ports.Icmp ?? default) with { Id = attribute.ReadUInt16BigEndian() } },
                ConntrackAttribute.IcmpType or ConntrackAttribute.IcmpV6Type =>
                    ports with { Icmp = (ports.Icmp ?? default) with { Type = attribute.ReadByte() } },
                ConntrackAttribute.IcmpCode or ConntrackAttribute.IcmpV6Code =>
                    ports with { Icmp = (ports.Icmp ?? default) with { Code = attribute.ReadByte() } },
                _ => ports,
            };
        }

        return ports;
    }

    /// <summary>Writes what the kernel needs to find a flow of this protocol.</summary>
    internal static void Write(ref MessageWriter writer, FlowTuple tuple)
    {
        int nest = writer.BeginNest(ConntrackAttribute.TupleProtocol);
        writer.PutByte(ConntrackAttribute.ProtocolNumber, tuple.Protocol);
        if (tuple.Icmp is not IcmpKey icmp)
        {
            writer.PutUInt16BigEndian(ConntrackAttribute.SourcePort, tuple.SourcePort);
            writer.PutUInt16BigEndian(ConntrackAttribute.DestinationPort, tuple.DestinationPort);
        }
        else
        {
            const int IcmpV6 = 58; // IPPROTO_ICMPV6
            bool isV6 = tuple.Protocol == IcmpV6;
            writer.PutUInt16BigEndian(isV6 ? ConntrackAttribute.IcmpV6Id : ConntrackAttribute.IcmpId, icmp.Id);
            writer.PutByte(isV6 ? ConntrackAttribute.IcmpV6Type : ConntrackAttribute.IcmpType, icmp.Type);
            writer.PutByte(isV6 ? ConntrackAttribute.IcmpV6Code : ConntrackAttribute.IcmpCode, icmp.Code);
        }

        writer.EndNest(nest);
    }
}
