using Berth.NfTables;

namespace Berth.HostPorts.Nftables;

/// <summary>The sets and maps of Berth's table in one family.</summary>
internal sealed class TableSets
{
    internal const string TableName = "berth";

    private readonly NfFamily _family;
    private Set[]? _all;

    internal TableSets(NfFamily family)
    {
        _family = family;
        DataType address = family == NfFamily.Ip6 ? DataType.Ipv6Address : DataType.Ipv4Address;
        DataType port = DataType.Concatenate(DataType.InetProtocol, DataType.InetService);
        DataType portAt = DataType.Concatenate(address, DataType.InetProtocol, DataType.InetService);
        DataType target = DataType.Concatenate(address, DataType.InetService);
        bool isV4 = family == NfFamily.Ip;
        NoLocalhost = isV4 ? Plain("no_localhost", port) : null;
        Anywhere = new PortMaps(
            Map("hostports", port, target), Intervals(Map("ranges", port, address), 1, 2),
            isV4 ? Intervals(Plain("no_localhost_ranges", port), 1, 2) : null, null);
        AtAddress = new PortMaps(
            Map("hostports_at", portAt, target), Intervals(Map("ranges_at", portAt, address), address.Length, 1, 2), null, null);
        Superseded = Map(
            "superseded",
            DataType.Concatenate(
                DataType.InterfaceName, address, DataType.InetProtocol, DataType.InetService, DataType.InetService),
            target);
        Attachments = Map("attachments", DataType.InterfaceName, address);
        Masqueraded = Plain("masqueraded", address);
        MasqueradeAll = Plain("masquerade_all", address);
        Hairpin = Plain("hairpin", DataType.Concatenate(address, address));
        Links = Plain("links", DataType.Concatenate(DataType.InterfaceName, DataType.InterfaceName));
        SharedLinks = Plain("shared_links", DataType.InterfaceName);
        ReleasedLinks = MakeReleasedLinks(family);
        Services = Plain("services", address);
        ServicesAt = Plain("services_at", DataType.Concatenate(address, DataType.InetProtocol, DataType.InetService));
    }

    /// <summary>(protocol, port) to pod: any address of the node.</summary>
    internal PortMaps Anywhere { get; }

    /// <summary>(address, protocol, port) to pod: one address of the node.</summary>
    internal PortMaps AtAddress { get; }

    /// <summary>Mappings that were taken from attachments, see <see cref="SupersededClaim"/>.</summary>
    internal Set Superseded { get; }

    /// <summary>Every attachment, see <see cref="AttachmentRecord"/>.</summary>
    internal Set Attachments { get; }

    /// <summary>Pods whose traffic from the node itself, from themselves and from neighbours is masqueraded.</summary>
    internal Set Masqueraded { get; }

    /// <summary>Pods all of whose traffic is masqueraded.</summary>
    internal Set MasqueradeAll { get; }

    /// <summary>(pod, the same pod): where a bridge hides the inbound interface from postrouting.</summary>
    internal Set Hairpin { get; }

    /// <summary>(interface, the same interface), see <see cref="LinkRecord"/>.</summary>
    internal Set Links { get; }

    /// <summary>Interfaces that more than one attachment has, or had, behind it: see <see cref="LinkMembership"/>.</summary>
    internal Set SharedLinks { get; }

    /// <summary>Interfaces that nobody is behind any more, and whose sysctl is still to be put back: <see cref="LinkSettlement"/>.</summary>
    internal Set ReleasedLinks { get; }

    /// <summary>Addresses of interfaces that carry Services: never a host port. See <see cref="ServiceAddresses"/>.</summary>
    internal Set Services { get; }

    /// <summary>(address, protocol, port) of virtual services on other addresses: see <see cref="VirtualServices"/>.</summary>
    internal Set ServicesAt { get; }

    /// <summary>
    /// (protocol, port) that 127.0.0.1 does not lead to, IPv4: without masquerading the reply would never come back.
    /// </summary>
    internal Set? NoLocalhost { get; }

    internal Set[] All => _all ??=
    [
        Anywhere.Single,
        AtAddress.Single,
        Anywhere.Ranges,
        AtAddress.Ranges,
        Superseded,
        Attachments,
        Masqueraded,
        MasqueradeAll,
        Hairpin,
        Links,
        SharedLinks,
        ReleasedLinks,
        Services,
        ServicesAt,
        .. NoLocalhost is not null && Anywhere.NoLocalhostRanges is not null
            ? (Set[])[NoLocalhost, Anywhere.NoLocalhostRanges]
            : [],
    ];

    /// <summary>See <see cref="ReleasedLinks"/>.</summary>
    internal static Set MakeReleasedLinks(NfFamily family) =>
        new(family, TableName, "released_links", DataType.InterfaceName);

    private Set Map(string name, DataType key, DataType value) =>
        new(_family, TableName, name, key) { Flags = SetFlags.Map, ValueType = value };

    // An interval's fields are described to the kernel, each by its length.
    private static Set Intervals(Set set, params int[] fields) => set with
    {
        Flags = set.Flags | SetFlags.Interval | SetFlags.Concatenation,
        FieldLengths = fields,
    };

    private Set Plain(string name, DataType key) => new(_family, TableName, name, key);
}
