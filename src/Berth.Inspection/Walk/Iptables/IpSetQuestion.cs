using System.Net;
using System.Net.Sockets;
using Berth.Netlink.IpSets;
using Berth.Netlink.Route;

namespace Berth.Inspection;

/// <summary>
/// Whether sets of ipset hold what a packet has (ip_set_test()). Of a set of networks the entry with the longest prefix
/// decides, and one that is an exception (nomatch) takes out what a shorter one takes in.
/// </summary>
/// <param name="packet">The packet.</param>
/// <param name="node">The node, for sets that a list names.</param>
/// <param name="sides">For each dimension whether it is the packet's source.</param>
/// <param name="isOfExceptions">Whether the exceptions are asked for.</param>
internal sealed class IpSetQuestion(WalkPacket packet, WalkNode node, IReadOnlyList<bool> sides, bool isOfExceptions)
{
    private const uint Exception = 4; // IPSET_FLAG_NOMATCH
    private const uint PhysicalDevice = 2; // IPSET_FLAG_PHYSDEV
    private const uint Wildcard = 128; // IPSET_FLAG_IFACE_WILDCARD
    private const byte IPv4 = 2;
    private const byte IPv6 = 10;

    internal MatchAnswer IsIn(IpSet set)
    {
        byte family = packet.Family == AddressFamily.InterNetwork ? IPv4 : IPv6;
        string[] dimensions = set.Type[(set.Type.IndexOf(':', StringComparison.Ordinal) + 1)..].Split(',');
        if (set.Type == "list:set")
        {
            return IsInList(set);
        }

        if (sides.Count < dimensions.Length || (set.Family != 0 && set.Family != family))
        {
            return MatchAnswer.No;
        }

        if (dimensions.Contains("mac"))
        {
            return MatchAnswer.NotKnown($"set: '{set.Name}' holds link-layer addresses, and the packet's is not known");
        }

        if (dimensions.Contains("port") && !HasPort(set.Type))
        {
            return MatchAnswer.No;
        }

        // hash_netiface4_data_equal(): a network that has entries, of whatever link, ends the search.
        int shortest = set.Type != "hash:net,iface" ? 0 : set.Entries
            .Where(entry => HoldsAddress(set, entry, true, sides[0] ? packet.Source : packet.Destination))
            .Max(static entry => (int?)(entry.PrefixLength ?? 128)) ?? 0;
        IpSetEntry? best = null;
        // mtype_test_cidrs(): the first network's prefix counts before the second's.
        (int, int) longest = (-1, -1);
        foreach (IpSetEntry entry in set.Entries)
        {
            if (entry.UnknownAttributes.Count > 0)
            {
                return MatchAnswer.NotKnown($"set: '{set.Name}' has entries that are not modelled");
            }

            (int, int) length = (entry.PrefixLength ?? 128, entry.SecondPrefixLength ?? 128);
            if (length.Item1 >= shortest && length.CompareTo(longest) > 0 && Holds(set, dimensions, entry))
            {
                best = entry;
                longest = length;
            }
        }

        bool isException = best is not null && (best.Flags & Exception) != 0;
        return MatchAnswer.Of(best is not null && isException == (isOfExceptions && HasExceptions(set.Type)));
    }

    // Only hash types with networks know exceptions (IPSET_TYPE_NOMATCH): of others --return-nomatch changes nothing.
    private static bool HasExceptions(string type) =>
        type.StartsWith("hash:", StringComparison.Ordinal) && type.Contains("net", StringComparison.Ordinal);

    // list_set_ktest(): in order, and the first that has it answers.
    private MatchAnswer IsInList(IpSet list)
    {
        MatchAnswer answer = MatchAnswer.No;
        foreach (IpSetEntry entry in list.Entries)
        {
            MatchAnswer one = entry.SetName is not string name || node.IpSet(name) is not IpSet set
                ? MatchAnswer.NotKnown($"set: '{entry.SetName}' in '{list.Name}' is not in the snapshot")
                : set.Type == "list:set" ? MatchAnswer.No // a list cannot hold a list
                : IsIn(set);
            if (one.Certainty == Certainty.Yes)
            {
                return one;
            }

            answer = one.Certainty == Certainty.Unknown ? one : answer;
        }

        return answer;
    }

    private bool Holds(IpSet set, string[] dimensions, IpSetEntry entry)
    {
        bool isFirstAddress = true;
        for (int i = 0; i < dimensions.Length; i++)
        {
            bool isSource = sides[i];
            bool holds = dimensions[i] switch
            {
                "ip" or "net" => HoldsAddress(set, entry, isFirstAddress, isSource ? packet.Source : packet.Destination),
                "port" => HoldsPort(set, entry, isSource),
                "iface" => HoldsInterface(entry, isSource),
                "mark" => (packet.Mark & (set.MarkMask ?? uint.MaxValue)) == entry.Mark,
                _ => false,
            };
            if (!holds)
            {
                return false;
            }

            isFirstAddress &= dimensions[i] is not ("ip" or "net");
        }

        return true;
    }

    private static bool HoldsAddress(IpSet set, IpSetEntry entry, bool isFirst, IPAddress address)
    {
        IPAddress? first = isFirst ? entry.Address : entry.SecondAddress;
        byte? length = isFirst ? entry.PrefixLength : entry.SecondPrefixLength;
        if (first is null || first.AddressFamily != address.AddressFamily)
        {
            return false;
        }

        AddressFamily family = address.AddressFamily;
        // A set that was made with "netmask" or "bitmask" keeps and looks up what is left of an address under it.
        UInt128 mask = length is byte bits ? AddressBits.Mask(family, bits)
            : set.Netmask is byte netmask ? AddressBits.Mask(family, netmask)
            : set.Bitmask is IPAddress bitmask ? AddressBits.Of(bitmask)
            : AddressBits.Mask(family, AddressBits.Length(family));
        UInt128 asked = AddressBits.Of(address) & mask;
        UInt128 from = AddressBits.Of(first) & mask;
        return isFirst && entry.LastAddress is IPAddress last
            ? asked >= from && asked <= AddressBits.Of(last)
            : asked == from;
    }

    // ip_set_get_port(): ICMP has type and code there, and what has no ports 0. Of bitmap:port only TCP and UDP count.
    private bool HasPort(string type) => type != "bitmap:port" || packet.Protocol is Tcp or Udp;

    private const byte Icmp = 1;
    private const byte Tcp = 6;
    private const byte Udp = 17;
    private const byte Icmp6 = 58;

    private bool HoldsPort(IpSet set, IpSetEntry entry, bool isSource)
    {
        int port = packet.Protocol switch
        {
            Icmp or Icmp6 => (packet.IcmpType << 8) | packet.IcmpCode,
            _ => isSource ? packet.SourcePort : packet.DestinationPort,
        };
        return (set.Type == "bitmap:port" || entry.Protocol == packet.Protocol)
            && entry.Ports is PortInterval ports && port >= ports.First && port <= ports.Last;
    }

    private bool HoldsInterface(IpSetEntry entry, bool isSource)
    {
        string? name = (entry.Flags & PhysicalDevice) != 0
            ? isSource ? packet.PhysicalIn : packet.PhysicalOut
            : isSource ? packet.InInterface : packet.OutInterface;
        return name is not null && entry.Interface is string own
            && ((entry.Flags & Wildcard) != 0 ? name.StartsWith(own, StringComparison.Ordinal) : name == own);
    }
}
