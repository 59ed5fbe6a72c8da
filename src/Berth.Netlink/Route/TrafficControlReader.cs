namespace Berth.Netlink.Route;

/// <summary>Reads RTM_NEWQDISC and RTM_NEWTFILTER: struct tcmsg and TCA_* attributes (include/uapi/linux/rtnetlink.h).</summary>
internal static class TrafficControlReader
{
    // family, padding, index, handle, parent, info
    internal const int StructureSize = 20;

    // TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_INGRESS) and TC_H_MIN_EGRESS
    internal const uint Ingress = 0xFFFFFFF2;
    internal const uint Egress = 0xFFFFFFF3;

    private const int AttributeKind = 1;
    private const int AttributeOptions = 2;
    private const int BpfName = 7; // TCA_BPF_NAME
    private const int BpfId = 11; // TCA_BPF_ID

    internal static QueueingDiscipline ReadDiscipline(NetlinkMessage message)
    {
        string kind = "";
        foreach (NetlinkAttribute attribute in message.Attributes(StructureSize))
        {
            kind = attribute.Type == AttributeKind ? attribute.ReadString() : kind;
        }

        return new QueueingDiscipline(BitConverter.ToInt32(message.Payload[4..]), kind);
    }

    /// <summary>A filter; null for a message about none, such as that of a chain's head.</summary>
    internal static TrafficFilter? ReadFilter(NetlinkMessage message)
    {
        string kind = "";
        uint? id = null;
        string? name = null;
        foreach (NetlinkAttribute attribute in message.Attributes(StructureSize))
        {
            switch (attribute.Type)
            {
                case AttributeKind:
                    kind = attribute.ReadString();
                    break;
                case AttributeOptions when kind == "bpf":
                    (id, name) = ReadProgram(attribute.Nested);
                    break;
                default:
                    break;
            }
        }

        return kind.Length == 0 ? null : new TrafficFilter(kind, id, name);
    }

    private static (uint? Id, string? Name) ReadProgram(AttributeReader options)
    {
        uint? id = null;
        string? name = null;
        foreach (NetlinkAttribute option in options)
        {
            id = option.Type == BpfId ? option.ReadUInt32() : id;
            name = option.Type == BpfName ? option.ReadString() : name;
        }

        return (id, name);
    }
}
