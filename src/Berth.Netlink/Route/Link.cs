namespace Berth.Netlink.Route;

/// <summary>A network interface, as the namespace of the connection sees it.</summary>
/// <param name="Index">Its number (ifindex), unique in the namespace, from 1.</param>
/// <param name="Name">Its name, at most 15 bytes.</param>
/// <param name="Flags">What it is and how it stands.</param>
/// <param name="Kind">The driver's kind, such as "veth", "bridge", "vlan"; null for loopback and hardware.</param>
/// <param name="Mtu">Largest packet, in bytes.</param>
/// <param name="Controller">The index of the bridge, bond or VRF that it is a port of (IFLA_MASTER), or null.</param>
/// <param name="Peer">
/// The index of the link below a VLAN, or of a veth's other end (IFLA_LINK), or null. Where <paramref name="PeerNamespace"/>
/// is set, the index is one of that namespace.
/// </param>
/// <param name="PeerNamespace">This namespace's number for the one that the peer is in (IFLA_LINK_NETNSID), or null.</param>
/// <param name="HardwareAddress">The link-layer address, mostly 6 bytes; empty when it has none.</param>
public sealed record Link(
    int Index,
    string Name,
    LinkFlags Flags,
    string? Kind,
    int Mtu,
    int? Controller,
    int? Peer,
    int? PeerNamespace,
    ReadOnlyMemory<byte> HardwareAddress)
{
    /// <summary>Of a bridge's port whether frames go back out by it (IFLA_BRPORT_MODE); null for other links.</summary>
    public bool? IsHairpin { get; init; }

    /// <summary>The XDP program that sees what comes in by it before all else (IFLA_XDP), or null.</summary>
    public uint? XdpProgram { get; init; }

    /// <summary>Whether it was switched on.</summary>
    public bool IsUp => (Flags & LinkFlags.Up) != 0;
}
