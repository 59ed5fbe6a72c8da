using System.Net;
using System.Net.Sockets;
using Berth.Netlink.Route;
using Berth.Netlink.Sockets;

namespace Berth.Inspection;

/// <summary>Which socket of the node gets a packet that is delivered here (__inet_lookup_listener(), udp4_lib_lookup2()).</summary>
internal sealed class LocalSockets(WalkNode node)
{
    private const byte Icmp = 1;
    private const byte Icmpv6 = 58;
    private const byte Tcp = 6;
    private const byte Udp = 17;
    private const byte UdpLite = 136;

    private static ReadOnlySpan<byte> WithPorts => [Tcp, Udp, 132, UdpLite];

    /// <summary>Ends the packet's way at whoever answers.</summary>
    internal WalkBranch Deliver(WalkBranch branch)
    {
        WalkPacket packet = branch.Packet;
        string place = EndpointText.Of(packet.Destination, packet.DestinationPort);
        bool isForMany = GroupRouting.IsForMany(node, packet.Destination);
        if (isForMany && IsIgnored(packet) is string ignored)
        {
            return branch.Ended(WalkOutcome.Dropped, $"dropped: {ignored}");
        }

        if (packet.Protocol is Icmp or Icmpv6)
        {
            return End(branch, WalkOutcome.Delivered, WalkEndpointKind.Kernel, $"the node itself answers at {packet.Destination}", new ListenerOwner());
        }

        if (WithPorts.IndexOf(packet.Protocol) < 0)
        {
            return End(branch, WalkOutcome.Delivered, WalkEndpointKind.Kernel, $"the node's {EndpointText.Protocol(packet.Protocol)} at {packet.Destination}", new ListenerOwner());
        }

        if (node.Snapshot.Sockets.Status != PartStatus.Present)
        {
            return End(branch, WalkOutcome.Undecided, WalkEndpointKind.None, $"{place} of this node, whose sockets could not be read", new ListenerOwner());
        }

        if (Receiver(node, packet) is not DiagnosedSocket socket)
        {
            if (isForMany)
            {
                // __udp4_lib_mcast_deliver()
                return branch.Ended(WalkOutcome.Dropped, $"dropped: nobody listens on {place}/{EndpointText.Protocol(packet.Protocol)}, and who sends to many is not told");
            }

            string how = packet.Protocol switch
            {
                Tcp => "TCP reset",
                Udp or UdpLite => "port unreachable",
                _ => "abort",
            };
            return branch.Ended(WalkOutcome.Rejected, $"refused ({how}): nobody listens on {place}/{EndpointText.Protocol(packet.Protocol)}");
        }

        Part<IReadOnlyList<ProcessState>> holders = node.Holders(socket);
        ListenerOwner owner = OwnerOf(socket, holders);
        string bound = EndpointText.Of(socket.Local, socket.LocalPort);
        string end = owner.Name != "-" ? $"socket of {owner.Name} on {bound}"
            : holders.Reason is string reason ? $"socket of somebody on {bound}; whose it is could not be read: {reason}"
            : $"socket of somebody on {bound}";
        WalkBranch ended = End(branch, WalkOutcome.Delivered, WalkEndpointKind.Socket, end, owner);
        return ended with
        {
            End = ended.End! with { Cgroup = holders.Value?.FirstOrDefault(process => process.ProcessId == owner.ProcessId)?.Cgroup },
        };
    }

    // tcp_v4_rcv(), sctp_rcv(), icmp_echo(): what is for many asks none of these.
    private string? IsIgnored(WalkPacket packet) => packet.Protocol switch
    {
        Udp or UdpLite or Icmpv6 => null,
        Icmp when node.Sysctl("net.ipv4.icmp_echo_ignore_broadcasts") == 0 => null,
        Icmp => "net.ipv4.icmp_echo_ignore_broadcasts is 1",
        _ => $"{EndpointText.Protocol(packet.Protocol)} is for one host, and {packet.Destination} for many",
    };

    private ListenerOwner OwnerOf(DiagnosedSocket socket, Part<IReadOnlyList<ProcessState>> holders)
    {
        NodeSnapshot one = node.Snapshot with
        {
            Sockets = Part.Of<IReadOnlyList<DiagnosedSocket>>([socket]),
            Processes = holders,
        };
        return SocketListeners.Of(one, node.Pods).First().Owner;
    }

    /// <summary>
    /// The socket that gets a packet that is delivered here; null when there is none. What the node sends to itself comes in by
    /// the link that the address is of, and not by loopback (rt_iif of ip_route_output_key_hash_rcu(), ip6_rcv_core()).
    /// </summary>
    internal static DiagnosedSocket? Receiver(WalkNode node, WalkPacket packet) => Find(
        node, packet, node.Link(packet.InInterface) is Link input && (input.Flags & LinkFlags.Loopback) != 0
            ? node.Routing.LinkOf(packet.Destination) ?? input.Index
            : node.Link(packet.InInterface)?.Index);

    /// <summary>The socket that rules find for a packet; null when there is none.</summary>
    internal static DiagnosedSocket? Of(WalkNode node, WalkPacket packet) => Find(node, packet, node.Link(packet.InInterface)?.Index);

    /// <summary>Whether a socket is bound to no address.</summary>
    internal static bool IsOnEveryAddress(DiagnosedSocket socket)
    {
        IPAddress local = socket.Local.IsIPv4MappedToIPv6 ? socket.Local.MapToIPv4() : socket.Local;
        return local.Equals(IPAddress.Any) || local.Equals(IPAddress.IPv6Any);
    }

    private static DiagnosedSocket? Find(WalkNode node, WalkPacket packet, int? input)
    {
        ushort port = packet.IsProxied && packet.ProxyPort != 0 ? packet.ProxyPort : packet.DestinationPort;
        DiagnosedSocket? best = null;
        int bestScore = -1;
        foreach (DiagnosedSocket socket in node.Snapshot.Sockets.Value ?? [])
        {
            if (socket.Protocol == packet.Protocol && socket.LocalPort == port
                && Score(socket, packet, input) is int score && score > bestScore)
            {
                (best, bestScore) = (socket, score);
            }
        }

        return best;
    }

    // compute_score(): an address counts more than none, a link besides, and so does a socket of the packet's own family.
    private static int? Score(DiagnosedSocket socket, WalkPacket packet, int? input)
    {
        int score = socket.Local.AddressFamily == packet.Family ? 1 : 0;
        IPAddress local = socket.Local.IsIPv4MappedToIPv6 ? socket.Local.MapToIPv4() : socket.Local;
        if (IsOnEveryAddress(socket))
        {
            if (local.AddressFamily != packet.Family
                && (local.AddressFamily != AddressFamily.InterNetworkV6 || socket.IsIPv6Only != false))
            {
                return null;
            }
        }
        else if (!local.Equals(packet.Destination) && !packet.IsProxied)
        {
            return null;
        }
        else
        {
            score += 4;
        }

        if (socket.Interface != 0)
        {
            if (socket.Interface != input)
            {
                return null;
            }

            score += 4;
        }

        if (socket.RemotePort != 0)
        {
            IPAddress remote = socket.Remote.IsIPv4MappedToIPv6 ? socket.Remote.MapToIPv4() : socket.Remote;
            if (socket.RemotePort != packet.SourcePort || !remote.Equals(packet.Source))
            {
                return null;
            }

            score += 8;
        }

        return score;
    }

    private static WalkBranch End(WalkBranch branch, WalkOutcome outcome, WalkEndpointKind kind, string text, ListenerOwner owner) =>
        branch with
        {
            End = new WalkEnd(outcome, text)
            {
                Kind = kind,
                Address = branch.Packet.Destination,
                Port = branch.Packet.DestinationPort,
                Source = branch.Packet.Source,
                SourcePort = branch.Packet.SourcePort,
                Owner = owner,
            },
        };
}
