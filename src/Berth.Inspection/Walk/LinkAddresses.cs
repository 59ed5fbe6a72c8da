using System.Net;
using System.Net.Sockets;
using Berth.Netlink.Route;

namespace Berth.Inspection;

/// <summary>Which of a link's addresses the kernel takes for its own packets.</summary>
internal static class LinkAddresses
{
    private const uint Secondary = 0x1; // IFA_F_SECONDARY, of IPv4; of IPv6 it means temporary
    private const byte ScopeUniverse = 0;

    /// <summary>What masquerading writes into packets that leave by a link; null when it has none.</summary>
    internal static IPAddress? ForMasquerade(WalkNode node, WalkBranch branch)
    {
        Link? output = node.Link(branch.Packet.OutInterface);
        return output is null ? null
            : branch.Packet.Family == AddressFamily.InterNetwork
                ? SelectV4(node, output, branch.Route?.Gateway ?? branch.Packet.Destination, ScopeUniverse)
                : SelectV6(node, output, branch.Packet.Destination);
    }

    /// <summary>Where redirection leads to; null when the inbound link has no address.</summary>
    internal static IPAddress? ForRedirect(WalkNode node, WalkPacket packet)
    {
        bool isV4 = packet.Family == AddressFamily.InterNetwork;
        if (packet.InInterface is null)
        {
            return isV4 ? IPAddress.Loopback : IPAddress.IPv6Loopback;
        }

        if (node.Link(packet.InInterface) is not Link input)
        {
            return null;
        }

        if (isV4)
        {
            return SelectV4(node, input, null, ScopeUniverse);
        }

        // nf_nat_redirect_ipv6(): the first address of the source's scope.
        bool isLinkLocal = packet.Source.IsIPv6LinkLocal;
        List<IPAddress> addresses = [.. node.Addresses(input)
            .Where(static address => address.Address.AddressFamily == AddressFamily.InterNetworkV6)
            .Select(static address => address.Address)];
        return addresses.Find(address => address.IsIPv6LinkLocal == isLinkLocal);
    }

    /// <summary>The source of the node's own packets (ip_route_output_key(), ipv6_dev_get_saddr()).</summary>
    internal static IPAddress? ForOutput(WalkNode node, IPAddress destination, RouteDecision decision)
    {
        if (decision.PreferredSource is IPAddress preferred)
        {
            return preferred;
        }

        if (decision.Type == RouteType.Local)
        {
            return destination;
        }

        return node.Link(decision.Output) is not Link output ? null
            : destination.AddressFamily == AddressFamily.InterNetwork ? SelectV4(node, output, decision.Gateway ?? destination, decision.Scope)
            : SelectV6(node, output, destination);
    }

    // inet_select_addr(): the first primary address, of the peer's network before others; without any, another link's.
    private static IPAddress? SelectV4(WalkNode node, Link link, IPAddress? peer, byte scope)
    {
        IPAddress? OfLink(Link candidate)
        {
            IPAddress? first = null;
            foreach (LinkAddress address in node.Addresses(candidate))
            {
                if (address.Address.AddressFamily != AddressFamily.InterNetwork || (address.Flags & Secondary) != 0
                    || address.Scope > scope)
                {
                    continue;
                }

                if (peer is null || IsOfNetwork(address, peer))
                {
                    return address.Address;
                }

                first ??= address.Address;
            }

            return first;
        }

        if (OfLink(link) is IPAddress own)
        {
            return own;
        }

        foreach (Link other in node.Snapshot.Links.Value ?? [])
        {
            if (OfLink(other) is IPAddress address)
            {
                return address;
            }
        }

        return null;
    }

    // RFC 6724, as far as it decides here: the destination's scope, then the longest common prefix.
    private static IPAddress? SelectV6(WalkNode node, Link link, IPAddress destination)
    {
        const uint Unusable = 0x20 | 0x40 | 0x08; // deprecated, tentative, failed
        if (node.Snapshot.Addresses.Value?.Any(address => address.Address.Equals(destination)) == true)
        {
            return destination; // rule 1, before all others
        }

        IPAddress? best = null;
        int bestPrefix = -1;
        bool isLinkLocal = destination.IsIPv6LinkLocal;
        IEnumerable<LinkAddress> candidates = node.Addresses(link);
        for (int round = 0; round < 2 && best is null; round++)
        {
            foreach (LinkAddress address in candidates)
            {
                if (address.Address.AddressFamily != AddressFamily.InterNetworkV6 || (address.Flags & Unusable) != 0
                    || address.Address.IsIPv6LinkLocal != isLinkLocal || IPAddress.IsLoopback(address.Address))
                {
                    continue;
                }

                int prefix = CommonBits(address.Address, destination);
                if (prefix > bestPrefix)
                {
                    (best, bestPrefix) = (address.Address, prefix);
                }
            }

            // A link without an address of that scope borrows another's.
            candidates = (node.Snapshot.Links.Value ?? []).SelectMany(node.Addresses);
        }

        return best ?? node.Addresses(link)
            .FirstOrDefault(static address => address.Address.AddressFamily == AddressFamily.InterNetworkV6)?.Address;
    }

    private static bool IsOfNetwork(LinkAddress address, IPAddress peer) =>
        CommonBits(address.Peer ?? address.Address, peer) >= address.PrefixLength;

    private static int CommonBits(IPAddress one, IPAddress other)
    {
        byte[] a = one.GetAddressBytes();
        byte[] b = other.GetAddressBytes();
        int bits = 0;
        while (bits < a.Length * 8 && a.Length == b.Length && ((a[bits / 8] ^ b[bits / 8]) & (0x80 >> (bits % 8))) == 0)
        {
            bits++;
        }

        return bits;
    }
}
