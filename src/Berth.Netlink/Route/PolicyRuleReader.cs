namespace Berth.Netlink.Route;

/// <summary>Reads RTM_NEWRULE: struct fib_rule_hdr and FRA_* attributes (include/uapi/linux/fib_rules.h).</summary>
internal static class PolicyRuleReader
{
    // family, bits of destination and source, type of service, table, two reserved bytes, action, flags
    internal const int StructureSize = 12;

    private const int AttributeDestination = 1;
    private const int AttributeSource = 2;
    private const int AttributeInputInterface = 3;
    private const int AttributeGoTo = 4;
    private const int AttributePriority = 6;
    private const int AttributeMark = 10;
    private const int AttributeSuppressGroup = 13;
    private const int AttributeSuppressPrefixLength = 14;
    private const int AttributeTable = 15;
    private const int AttributeMarkMask = 16;
    private const int AttributeOutputInterface = 17;
    private const int AttributeMaster = 19;
    private const int AttributeRuleProtocol = 21;
    private const int AttributeTransportProtocol = 22;
    private const int AttributeSourcePorts = 23;
    private const int AttributeDestinationPorts = 24;
    private const int AttributeSourcePortMask = 28;
    private const int AttributeDestinationPortMask = 29;
    private const uint NoSuppression = uint.MaxValue;
    private const ushort WholePort = ushort.MaxValue;

    internal static PolicyRule Read(NetlinkMessage message)
    {
        AttributeReader attributes = message.Attributes(StructureSize);
        ReadOnlySpan<byte> structure = message.Payload;
        uint priority = 0;
        uint table = structure[4];
        List<int> unknown = [];
        PolicyRule rule = new(0, structure[0], structure[7], 0)
        {
            DestinationPrefixLength = structure[1],
            SourcePrefixLength = structure[2],
            TypeOfService = structure[3],
            Flags = BitConverter.ToUInt32(structure[8..]),
        };
        foreach (NetlinkAttribute attribute in attributes)
        {
            switch (attribute.Type)
            {
                case AttributePriority:
                    priority = attribute.ReadUInt32();
                    break;
                case AttributeTable:
                    table = attribute.ReadUInt32();
                    break;
                case AttributeRuleProtocol:
                case AttributeSuppressPrefixLength when attribute.ReadUInt32() == NoSuppression:
                case AttributeSuppressGroup when attribute.ReadUInt32() == NoSuppression:
                case AttributeMaster when attribute.ReadByte() == 0:
                case AttributeSourcePortMask or AttributeDestinationPortMask when attribute.ReadUInt16() == WholePort:
                    break;
                default:
                    if (With(rule, attribute) is PolicyRule more)
                    {
                        rule = more;
                    }
                    else
                    {
                        unknown.Add(attribute.Type);
                    }

                    break;
            }
        }

        return rule with { Priority = priority, Table = table, UnknownAttributes = unknown };
    }

    private static PolicyRule? With(PolicyRule rule, NetlinkAttribute attribute) => attribute.Type switch
    {
        AttributeDestination => rule with { Destination = attribute.ReadIPAddress() },
        AttributeSource => rule with { Source = attribute.ReadIPAddress() },
        AttributeInputInterface => rule with { InputInterface = attribute.ReadString() },
        AttributeOutputInterface => rule with { OutputInterface = attribute.ReadString() },
        AttributeMark => rule with { Mark = attribute.ReadUInt32() },
        AttributeMarkMask => rule with { MarkMask = attribute.ReadUInt32() },
        AttributeGoTo => rule with { GoTo = attribute.ReadUInt32() },
        AttributeSuppressPrefixLength => rule with { SuppressPrefixLength = unchecked((int)attribute.ReadUInt32()) },
        AttributeTransportProtocol => rule with { Protocol = attribute.ReadByte() },
        AttributeSourcePorts => rule with { SourcePorts = ReadPorts(attribute) },
        AttributeDestinationPorts => rule with { DestinationPorts = ReadPorts(attribute) },
        _ => null,
    };

    // struct fib_rule_port_range, host byte order
    private static PortInterval ReadPorts(NetlinkAttribute attribute) => attribute.Value.Length == 4
        ? new PortInterval(BitConverter.ToUInt16(attribute.Value), BitConverter.ToUInt16(attribute.Value[2..]))
        : throw new NetlinkFormatException($"ports of {attribute.Value.Length} bytes");
}
