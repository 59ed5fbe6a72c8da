using System.Net;

namespace Berth.Netlink.Sockets;

/// <summary>An IP socket, as sock_diag(7) tells of it.</summary>
/// <param name="Protocol">The transport protocol: 6 TCP, 17 UDP, 132 SCTP, 136 UDP-Lite; 255 a raw socket.</param>
/// <param name="State">TCP_* of include/net/tcp_states.h: 10 listening, 7 not connected, 1 connected.</param>
/// <param name="Local">The address that it is bound to; all zeros for any.</param>
/// <param name="LocalPort">The port; of a raw socket the protocol's number.</param>
/// <param name="Remote">The other end's address.</param>
/// <param name="RemotePort">The other end's port; 0 when there is none.</param>
/// <param name="Interface">The index of the link that it is bound to; 0 for any.</param>
/// <param name="User">The user that made it.</param>
/// <param name="Inode">Its number, by which /proc/PID/fd names it.</param>
public sealed record DiagnosedSocket(
    byte Protocol,
    byte State,
    IPAddress Local,
    ushort LocalPort,
    IPAddress Remote,
    ushort RemotePort,
    int Interface,
    uint User,
    uint Inode)
{
    /// <summary>Of an IPv6 socket whether IPv4 does not reach it (IPV6_V6ONLY); null where the kernel does not say.</summary>
    public bool? IsIPv6Only { get; init; }

    /// <summary>Whether it may have addresses that are not the node's (IP_TRANSPARENT); null where the kernel does not say (before 5.14).</summary>
    public bool? IsTransparent { get; init; }

    /// <summary>The number of its cgroup (version 2); null where the kernel does not say (before 5.9).</summary>
    public ulong? CgroupId { get; init; }
}
