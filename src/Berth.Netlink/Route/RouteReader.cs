using System.Net;

namespace Berth.Netlink.Route;

/// <summary>Reads RTM_NEWROUTE: struct rtmsg and RTA_* attributes (include/uapi/linux/rtnetlink.h).</summary>
internal static class RouteReader
{
    // family, prefix lengths of destination and source, TOS, table, protocol, scope, type, flags
    internal const int StructureSize = 12;

    internal const int AttributeDestination = 1;
    internal const int AttributeTable = 15;

    private const uint FlagCloned = 0x200; // RTM_F_CLONED
    private const int AttributeOutputInterface = 4;
    private const int AttributeGateway = 5;
    private const int AttributePriority = 6;
    private const int AttributePreferredSource = 7;
    private const int AttributeMultipath = 9;
    private const int AttributeVia = 18;

    // struct rtnexthop: length, flags, hops, interface
    private const int NextHopSize = 8;

    /// <summary>A dump's route; null for cached ones and for those that are neither IPv4 nor IPv6.</summary>
    internal static RouteEntry? ReadOfTable(NetlinkMessage message)
    {
        RouteEntry route = Read(message);
        bool isRouted = message.Payload[0] is KernelFamily.IPv4 or KernelFamily.IPv6;
        bool isCached = (BitConverter.ToUInt32(message.Payload[8..]) & FlagCloned) != 0;
        return isRouted && !isCached ? route : null;
    }

    internal static RouteEntry Read(NetlinkMessage message)
    {
        AttributeReader attributes = message.Attributes(StructureSize);
        ReadOnlySpan<byte> structure = message.Payload;

        // The byte holds tables up to 255; RTA_TABLE, which every kernel in use sends, holds them all.
        uint table = structure[4];
        bool isIP = structure[0] is KernelFamily.IPv4 or KernelFamily.IPv6;
        IPAddress? destination = null;
        IPAddress? gateway = null;
        IPAddress? source = null;
        int? output = null;
        uint priority = 0;
        IReadOnlyList<NextHop> multipath = [];
        foreach (NetlinkAttribute attribute in attributes)
        {
            switch (attribute.Type)
            {
                case AttributeTable:
                    table = attribute.ReadUInt32();
                    break;
                case AttributeOutputInterface:
                    output = unchecked((int)attribute.ReadUInt32());
                    break;
                case AttributePriority:
                    priority = attribute.ReadUInt32();
                    break;
                case AttributeDestination when isIP:
                    destination = attribute.ReadIPAddress();
                    break;
                case AttributeGateway when isIP:
                    gateway = attribute.ReadIPAddress();
                    break;
                case AttributePreferredSource when isIP:
                    source = attribute.ReadIPAddress();
                    break;
                case AttributeVia when isIP:
                    gateway = ReadVia(attribute);
                    break;
                case AttributeMultipath when isIP:
                    multipath = ReadNextHops(attribute.Value);
                    break;
                default:
                    break;
            }
        }

        return new RouteEntry(
            destination, structure[1], table, (RouteType)structure[7], structure[5], structure[6], priority, output, gateway,
            source, multipath)
        { Family = structure[0] };
    }

    // struct rtvia: a gateway of another family, as in "192.0.2.0/24 via inet6 fe80::1".
    private static IPAddress? ReadVia(NetlinkAttribute attribute)
    {
        ReadOnlySpan<byte> value = attribute.Value;
        return value.Length is 2 + 4 or 2 + 16
            ? new IPAddress(value[2..])
            : throw new NetlinkFormatException($"a gateway of {value.Length} bytes");
    }

    private static List<NextHop> ReadNextHops(ReadOnlySpan<byte> rest)
    {
        List<NextHop> hops = [];
        while (!rest.IsEmpty)
        {
            int length = rest.Length >= NextHopSize ? BitConverter.ToUInt16(rest) : 0;
            if (length < NextHopSize || length > rest.Length)
            {
                throw new NetlinkFormatException($"a next hop says {length} bytes where {rest.Length} are left");
            }

            IPAddress? gateway = null;
            foreach (NetlinkAttribute attribute in new AttributeReader(rest[NextHopSize..length]))
            {
                gateway = attribute.Type switch
                {
                    AttributeGateway => attribute.ReadIPAddress(),
                    AttributeVia => ReadVia(attribute),
                    _ => gateway,
                };
            }

            hops.Add(new NextHop(BitConverter.ToInt32(rest[4..]), gateway));
            rest = rest[Math.Min(Alignment.Align(length), rest.Length)..];
        }

        return hops;
    }
}
