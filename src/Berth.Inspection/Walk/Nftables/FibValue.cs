using System.Net;
using System.Net.Sockets;
using Berth.Netlink.Route;
using Berth.NfTables;

namespace Berth.Inspection;

/// <summary>What <c>fib</c> loads (nft_fib_ipv4.c, nft_fib_ipv6.c).</summary>
internal static class FibValue
{
    internal static Loaded Load(WalkPacket packet, WalkNode node, Fib fib)
    {
        bool isOfSource = (fib.Flags & FibFlags.SourceAddress) != 0;
        IPAddress address = isOfSource ? packet.Source : packet.Destination;
        Link? link = (fib.Flags & FibFlags.InputInterface) != 0 ? node.Link(packet.InInterface)
            : (fib.Flags & FibFlags.OutputInterface) != 0 ? node.Link(packet.OutInterface)
            : null;
        if (fib.Result == FibResult.AddressType)
        {
            return Loaded.OfHost((uint)TypeOf(address, link, packet, node));
        }

        Link? found = Way(packet, node, fib, address, link);
        return (fib.Flags & FibFlags.Present) != 0 ? Loaded.Of(found is null ? (byte)0 : (byte)1)
            : fib.Result == FibResult.OutputInterfaceName ? MetaValue.Name(found?.Name)
            : Loaded.OfHost((uint)(found?.Index ?? 0));
    }

    // Of IPv6 it is the route that tells, not the table local alone (__nft_fib6_eval_type()).
    private static RouteType TypeOf(IPAddress address, Link? link, WalkPacket packet, WalkNode node)
    {
        RouteType type = node.Routing.TypeOf(address, link);
        if (packet.Family == AddressFamily.InterNetwork || type != RouteType.Unicast)
        {
            return type;
        }

        RouteDecision decision = node.Routing.DecideOne(new RouteQuestion(address));
        return decision.IsFound && decision.Type is not RouteType.Local ? decision.Type
            : decision.IsFound ? RouteType.Unicast
            : RouteType.Unreachable;
    }

    private static Link? Way(WalkPacket packet, WalkNode node, Fib fib, IPAddress address, Link? link)
    {
        bool isLoopback = (node.Link(packet.InInterface)?.Flags & LinkFlags.Loopback) is not (null or LinkFlags.None);
        // nft_fib_can_skip(). Older kernels (6.1) do so in prerouting alone.
        if (packet.Hook is NfHook.Prerouting or NfHook.Input && isLoopback)
        {
            return node.Link(packet.InInterface);
        }

        RouteDecision decision = node.Routing.DecideOne(new RouteQuestion(address)
        {
            Source = (fib.Flags & FibFlags.SourceAddress) != 0 ? packet.Destination : packet.Source,
            Mark = (fib.Flags & FibFlags.Mark) != 0 ? packet.Mark : 0,
        });
        if (!decision.IsFound || decision.Type != RouteType.Unicast)
        {
            return null;
        }

        return link is null ? node.Link(decision.Output) : RoutingTables.HasWayBy(decision, link.Index) ? link : null;
    }
}
