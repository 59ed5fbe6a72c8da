namespace Berth.Inspection;

/// <summary>Reads matches, from text and from the kernel's structures.</summary>
internal static class IptablesMatches
{
    /// <summary>The match whose name was read; what is not understood becomes an <see cref="UnknownMatch"/> with its words.</summary>
    internal static IptablesMatch Parse(string name, RuleOptions options)
    {
        int start = options.Position;
        IptablesMatch? match;
        try
        {
            match = ParseKnown(name, options);
        }
        catch (Exception e) when (e is FormatException or OverflowException or IndexOutOfRangeException)
        {
            match = null;
        }

        if (match is not null && options.IsAtBoundary)
        {
            return match;
        }

        options.Position = start;
        return new UnknownMatch(name, [.. options.WordsToBoundary()]);
    }

    /// <summary>The match that a structure is.</summary>
    internal static IptablesMatch Read(ExtensionStructure structure)
    {
        try
        {
            return ReadKnown(structure) ?? new UnknownMatch(structure.Name, null);
        }
        catch (Exception e) when (e is ArgumentOutOfRangeException or IndexOutOfRangeException or OverflowException)
        {
            // Shorter than any kernel's, or with numbers that none holds.
            return new UnknownMatch(structure.Name, null);
        }
    }

    private static IptablesMatch? ParseKnown(string name, RuleOptions options) => name switch
    {
        "addrtype" => AddressTypeMatch.Parse(options),
        "comment" => CommentMatch.Parse(options),
        "conntrack" => ConntrackMatch.Parse(options),
        "state" => StateMatch.Parse(options),
        "mark" => MarkMatch.Parse(options),
        "connmark" => ConnectionMarkMatch.Parse(options),
        "multiport" => MultiportMatch.Parse(options),
        "tcp" => TcpMatch.Parse(options),
        "udp" => UdpMatch.Parse(options),
        "sctp" => SctpMatch.Parse(options),
        "icmp" or "icmp6" or "icmpv6" or "ipv6-icmp" => IcmpMatch.Parse(options),
        "set" => SetMatch.Parse(options),
        "statistic" => StatisticMatch.Parse(options),
        "physdev" => BridgePortMatch.Parse(options),
        "owner" => OwnerMatch.Parse(options),
        "limit" => LimitMatch.Parse(options),
        "hashlimit" => HashLimitMatch.Parse(options),
        "recent" => RecentMatch.Parse(options),
        "rpfilter" => ReversePathMatch.Parse(options),
        "socket" => SocketMatch.Parse(options),
        "mac" => MacMatch.Parse(options),
        "pkttype" => PacketTypeMatch.Parse(options),
        "length" => LengthMatch.Parse(options),
        "ttl" or "hl" => TimeToLiveMatch.Parse(options),
        "dscp" => DscpMatch.Parse(options),
        "tos" => TypeOfServiceMatch.Parse(options),
        "iprange" => AddressRangeMatch.Parse(options),
        "nfacct" => AccountingMatch.Parse(options),
        "rt" => RoutingHeaderMatch.Parse(options),
        _ => null,
    };

    private static IptablesMatch? ReadKnown(ExtensionStructure structure) => structure.Name switch
    {
        "addrtype" => AddressTypeMatch.Read(structure),
        "comment" => CommentMatch.Read(structure),
        "conntrack" => ConntrackStructure.Read(structure),
        "state" => StateMatch.Read(structure),
        "mark" => MarkMatch.Read(structure),
        "connmark" => ConnectionMarkMatch.Read(structure),
        "multiport" => MultiportMatch.Read(structure),
        "tcp" => TcpMatch.Read(structure),
        "udp" => UdpMatch.Read(structure),
        "sctp" => SctpMatch.Read(structure),
        "icmp" or "icmp6" => IcmpMatch.Read(structure),
        "set" => SetMatch.Read(structure),
        "statistic" => StatisticMatch.Read(structure),
        "physdev" => BridgePortMatch.Read(structure),
        "owner" => OwnerMatch.Read(structure),
        "limit" => LimitMatch.Read(structure),
        "hashlimit" => HashLimitMatch.Read(structure),
        "recent" => RecentMatch.Read(structure),
        "rpfilter" => ReversePathMatch.Read(structure),
        "socket" => SocketMatch.Read(structure),
        "mac" => MacMatch.Read(structure),
        "pkttype" => PacketTypeMatch.Read(structure),
        "length" => LengthMatch.Read(structure),
        "ttl" or "hl" => TimeToLiveMatch.Read(structure),
        "dscp" => DscpMatch.Read(structure),
        "tos" => TypeOfServiceMatch.Read(structure),
        "iprange" => AddressRangeMatch.Read(structure),
        "nfacct" => AccountingMatch.Read(structure),
        "rt" => RoutingHeaderMatch.Read(structure),
        _ => null,
    };
}
