using System.Net;
using Berth.Netlink.Netfilter;
using Berth.Netlink.Route;

namespace Berth.Netlink.IpSets;

/// <summary>Reads IPSET_CMD_LIST and the attributes of include/uapi/linux/netfilter/ipset/ip_set.h.</summary>
internal static class IpSetReader
{
    private const int AttributeName = 2;
    private const int AttributeType = 3;
    private const int AttributeRevision = 4;
    private const int AttributeFamily = 5;
    private const int AttributeCreation = 7; // IPSET_ATTR_DATA
    private const int AttributeEntries = 8;
    private const int AttributeIndex = 11;
    private const int CreationMarkMask = 11;
    private const int CreationBitmask = 12;
    private const int CreationNetmask = 20;
    private const int EntryAddress = 1;
    private const int EntryLastAddress = 2;
    private const int EntryPrefixLength = 3;
    private const int EntryPort = 4;
    private const int EntryLastPort = 5;
    private const int EntryTimeout = 6;
    private const int EntryProtocol = 7;
    private const int EntryFlags = 8;
    private const int EntryMark = 10;
    private const int EntryHardwareAddress = 17;
    private const int EntryName = 18;
    private const int EntrySecondAddress = 20;
    private const int EntrySecondPrefixLength = 21;
    private const int EntryInterface = 23;
    private const int EntryBytes = 24;
    private const int EntryPackets = 25;
    private const int EntryComment = 26;
    private const int EntrySocketMark = 27;
    private const int EntrySocketPriority = 28;
    private const int EntrySocketQueue = 29;

    /// <summary>What one message says of a set. A long one comes in several, of which only the first says its type.</summary>
    internal static IpSet Read(NetlinkMessage message)
    {
        List<IpSetEntry> entries = [];
        IpSet set = new("", "", 0, 0, entries);
        foreach (NetlinkAttribute attribute in message.Attributes(NetfilterHeader.Size))
        {
            switch (attribute.Type)
            {
                case AttributeName:
                    set = set with { Name = attribute.ReadString() };
                    break;
                case AttributeType:
                    set = set with { Type = attribute.ReadString() };
                    break;
                case AttributeRevision:
                    set = set with { Revision = attribute.ReadByte() };
                    break;
                case AttributeFamily:
                    set = set with { Family = attribute.ReadByte() };
                    break;
                case AttributeIndex:
                    set = set with { Index = attribute.ReadUInt16BigEndian() };
                    break;
                case AttributeCreation:
                    set = ReadCreation(set, attribute.Nested);
                    break;
                case AttributeEntries:
                    foreach (NetlinkAttribute entry in attribute.Nested)
                    {
                        entries.Add(ReadEntry(entry.Nested));
                    }

                    break;
                default:
                    break;
            }
        }

        return set;
    }

    // How it was made, as far as that decides what is found in it.
    private static IpSet ReadCreation(IpSet set, AttributeReader attributes)
    {
        foreach (NetlinkAttribute attribute in attributes)
        {
            set = attribute.Type switch
            {
                CreationNetmask => set with { Netmask = attribute.ReadByte() },
                CreationBitmask => set with { Bitmask = ReadAddress(attribute.Nested) },
                // In host byte order, unlike all else here (mtype_head(), net/netfilter/ipset/ip_set_hash_gen.h); all ones is none.
                CreationMarkMask => set with { MarkMask = attribute.ReadUInt32() is var mask and not uint.MaxValue ? mask : null },
                _ => set,
            };
        }

        return set;
    }

    private static IpSetEntry ReadEntry(AttributeReader attributes)
    {
        IpSetEntry entry = new();
        ushort? first = null;
        ushort? last = null;
        List<int> unknown = [];
        foreach (NetlinkAttribute attribute in attributes)
        {
            switch (attribute.Type)
            {
                case EntryPort:
                    first = attribute.ReadUInt16BigEndian();
                    break;
                case EntryLastPort:
                    last = attribute.ReadUInt16BigEndian();
                    break;
                case EntryBytes or EntryPackets or EntrySocketMark or EntrySocketPriority or EntrySocketQueue:
                    // Counters, and what is put on packets that match: none of them selects.
                    break;
                default:
                    if (With(entry, attribute) is IpSetEntry more)
                    {
                        entry = more;
                    }
                    else
                    {
                        unknown.Add(attribute.Type);
                    }

                    break;
            }
        }

        return entry with
        {
            Ports = first is ushort port ? new PortInterval(port, last ?? port) : null,
            UnknownAttributes = unknown,
        };
    }

    private static IpSetEntry? With(IpSetEntry entry, NetlinkAttribute attribute) => attribute.Type switch
    {
        EntryAddress => entry with { Address = ReadAddress(attribute.Nested) },
        EntryLastAddress => entry with { LastAddress = ReadAddress(attribute.Nested) },
        EntryPrefixLength => entry with { PrefixLength = attribute.ReadByte() },
        EntrySecondAddress => entry with { SecondAddress = ReadAddress(attribute.Nested) },
        EntrySecondPrefixLength => entry with { SecondPrefixLength = attribute.ReadByte() },
        EntryTimeout => entry with { TimeoutSeconds = attribute.ReadUInt32BigEndian() },
        EntryProtocol => entry with { Protocol = attribute.ReadByte() },
        EntryFlags => entry with { Flags = attribute.ReadUInt32BigEndian() },
        EntryMark => entry with { Mark = attribute.ReadUInt32BigEndian() },
        EntryHardwareAddress => entry with { HardwareAddress = attribute.Value.ToArray() },
        EntryName => entry with { SetName = attribute.ReadString() },
        EntryInterface => entry with { Interface = attribute.ReadString() },
        EntryComment => entry with { Comment = attribute.ReadString() },
        _ => null,
    };

    // IPSET_ATTR_IPADDR_IPV4 and _IPV6: an address in a nest of its own.
    private static IPAddress? ReadAddress(AttributeReader nested)
    {
        foreach (NetlinkAttribute attribute in nested)
        {
            return attribute.ReadIPAddress();
        }

        return null;
    }
}
