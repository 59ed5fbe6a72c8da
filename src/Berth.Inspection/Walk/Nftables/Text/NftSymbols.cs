namespace Berth.Inspection;

/// <summary>nft's names of numbers, by type.</summary>
internal static class NftSymbols
{
    private static readonly Dictionary<NftType, Dictionary<uint, string>> Names = new()
    {
        [NftType.FamilyNumber] = Of((2, "ipv4"), (10, "ipv6")),
        [NftType.EtherType] = Of((0x0800, "ip"), (0x0806, "arp"), (0x86dd, "ip6"), (0x8100, "8021q"), (0x88a8, "8021ad")),
        // /etc/protocols, which nft asks.
        [NftType.Protocol] = Of(
            (0, "ip"), (1, "icmp"), (2, "igmp"), (3, "ggp"), (4, "ipencap"), (5, "st"), (6, "tcp"), (8, "egp"), (9, "igp"),
            (12, "pup"), (17, "udp"), (20, "hmp"), (22, "xns-idp"), (27, "rdp"), (29, "iso-tp4"), (33, "dccp"), (36, "xtp"),
            (37, "ddp"), (38, "idpr-cmtp"), (41, "ipv6"), (43, "ipv6-route"), (44, "ipv6-frag"), (45, "idrp"), (46, "rsvp"),
            (47, "gre"), (50, "esp"), (51, "ah"), (57, "skip"), (58, "ipv6-icmp"), (59, "ipv6-nonxt"), (60, "ipv6-opts"),
            (73, "rspf"), (81, "vmtp"), (88, "eigrp"), (89, "ospf"), (93, "ax.25"), (94, "ipip"), (97, "etherip"),
            (98, "encap"), (103, "pim"), (108, "ipcomp"), (112, "vrrp"), (115, "l2tp"), (124, "isis"), (132, "sctp"),
            (133, "fc"), (135, "mobility-header"), (136, "udplite"), (137, "mpls-in-ip"), (138, "manet"), (139, "hip"),
            (140, "shim6"), (141, "wesp"), (142, "rohc")),
        [NftType.IcmpType] = Of(
            (0, "echo-reply"), (3, "destination-unreachable"), (4, "source-quench"), (5, "redirect"), (8, "echo-request"),
            (9, "router-advertisement"), (10, "router-solicitation"), (11, "time-exceeded"), (12, "parameter-problem"),
            (13, "timestamp-request"), (14, "timestamp-reply"), (15, "info-request"), (16, "info-reply"),
            (17, "address-mask-request"), (18, "address-mask-reply")),
        [NftType.Icmpv6Type] = Of(
            (1, "destination-unreachable"), (2, "packet-too-big"), (3, "time-exceeded"), (4, "parameter-problem"),
            (128, "echo-request"), (129, "echo-reply"), (130, "mld-listener-query"), (131, "mld-listener-report"),
            (132, "mld-listener-done"), (133, "nd-router-solicit"), (134, "nd-router-advert"), (135, "nd-neighbor-solicit"),
            (136, "nd-neighbor-advert"), (137, "nd-redirect"), (138, "router-renumbering"), (141, "ind-neighbor-solicit"),
            (142, "ind-neighbor-advert"), (143, "mld2-listener-report")),
        [NftType.IcmpCode] = Of(
            (0, "net-unreachable"), (1, "host-unreachable"), (2, "prot-unreachable"), (3, "port-unreachable"),
            (4, "frag-needed"), (9, "net-prohibited"), (10, "host-prohibited"), (13, "admin-prohibited")),
        [NftType.Icmpv6Code] = Of(
            (0, "no-route"), (1, "admin-prohibited"), (3, "addr-unreachable"), (4, "port-unreachable"), (5, "policy-fail"),
            (6, "reject-route")),
        [NftType.IcmpxCode] = Of((0, "no-route"), (1, "port-unreachable"), (2, "host-unreachable"), (3, "admin-prohibited")),
        [NftType.LinkKind] = Of(
            (1, "ether"), (512, "ppp"), (768, "ipip"), (769, "ipip6"), (772, "loopback"), (776, "sit"), (778, "ipgre")),
        [NftType.ConnectionDirection] = Of((0, "original"), (1, "reply")),
        [NftType.PacketType] = Of((0, "host"), (1, "broadcast"), (2, "multicast"), (3, "other")),
        [NftType.Dscp] = Of(
            (0x00, "cs0"), (0x08, "cs1"), (0x10, "cs2"), (0x18, "cs3"), (0x20, "cs4"), (0x28, "cs5"), (0x30, "cs6"),
            (0x38, "cs7"), (0x01, "lephb"), (0x0a, "af11"), (0x0c, "af12"), (0x0e, "af13"), (0x12, "af21"), (0x14, "af22"),
            (0x16, "af23"), (0x1a, "af31"), (0x1c, "af32"), (0x1e, "af33"), (0x22, "af41"), (0x24, "af42"), (0x26, "af43"),
            (0x2c, "va"), (0x2e, "ef")),
        [NftType.Ecn] = Of((0, "not-ect"), (1, "ect1"), (2, "ect0"), (3, "ce")),
        [NftType.RouteType] = Of(
            (0, "unspec"), (1, "unicast"), (2, "local"), (3, "broadcast"), (4, "anycast"), (5, "multicast"), (6, "blackhole"),
            (7, "unreachable"), (8, "prohibit")),
        [NftType.Presence] = Of((0, "missing"), (1, "exists")),
        [NftType.Day] = Of(
            (0, "\"Sunday\""), (1, "\"Monday\""), (2, "\"Tuesday\""), (3, "\"Wednesday\""), (4, "\"Thursday\""),
            (5, "\"Friday\""), (6, "\"Saturday\"")),
        [NftType.LinkGroup] = Of((0, "\"default\"")),
        [NftType.IgmpType] = Of(
            (0x11, "membership-query"), (0x12, "membership-report-v1"), (0x16, "membership-report-v2"),
            (0x17, "leave-group"), (0x22, "membership-report-v3")),
    };

    private static readonly Dictionary<NftType, Dictionary<uint, string>> BitNames = new()
    {
        [NftType.TcpFlags] = Of(
            (1, "fin"), (2, "syn"), (4, "rst"), (8, "psh"), (16, "ack"), (32, "urg"), (64, "ecn"), (128, "cwr")),
        [NftType.ConnectionState] = Of((1, "invalid"), (2, "established"), (4, "related"), (8, "new"), (64, "untracked")),
        [NftType.ConnectionStatus] = Of(
            (1, "expected"), (2, "seen-reply"), (4, "assured"), (8, "confirmed"), (16, "snat"), (32, "dnat"), (512, "dying")),
        [NftType.ConnectionEvent] = Of(
            (1, "new"), (2, "related"), (4, "destroy"), (8, "reply"), (16, "assured"), (32, "protoinfo"), (64, "helper"),
            (128, "mark"), (256, "seqadj"), (512, "secmark"), (1024, "label")),
    };

    /// <summary>The name; null when nft writes the number.</summary>
    internal static string? Name(NftType type, uint value) =>
        Names.TryGetValue(type, out Dictionary<uint, string>? names) && names.TryGetValue(value, out string? name) ? name : null;

    /// <summary>Whether values of the type are sets of bits, which nft writes by their names.</summary>
    internal static bool IsBits(NftType type) => BitNames.ContainsKey(type) || type == NftType.ConnectionLabel;

    /// <summary>The names of the bits that are set, the lowest first; null when one has no name.</summary>
    internal static IReadOnlyList<string>? Bits(NftType type, uint value)
    {
        List<string> found = [];
        for (uint bit = 1; bit != 0; bit <<= 1)
        {
            if ((value & bit) == 0)
            {
                continue;
            }

            if (!BitNames[type].TryGetValue(bit, out string? name))
            {
                return null;
            }

            found.Add(name);
        }

        return found;
    }

    private static Dictionary<uint, string> Of(params (uint Value, string Name)[] names)
    {
        Dictionary<uint, string> table = [];
        foreach ((uint value, string name) in names)
        {
            table.Add(value, name);
        }

        return table;
    }
}
