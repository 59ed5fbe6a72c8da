using System.Net;
using System.Net.Sockets;
using Berth.Netlink.Route;

namespace Berth.Inspection;

/// <summary>
/// Says whether packets for a listener really go to another, by letting some walk: from outside and from the node itself, to
/// the addresses that it answers on.
/// </summary>
internal sealed class ShadowCheck(PacketProbe probe)
{
    private enum Fate
    {
        /// <summary>Nothing could be told.</summary>
        Unknown,

        /// <summary>Another gets it.</summary>
        Taken,

        /// <summary>It or another gets it, as it happens that one's rules run before the other's.</summary>
        Contested,

        /// <summary>The listener gets it, if filters let it.</summary>
        Reached,
    }

    /// <summary>
    /// What is left of the statement that another takes a listener's traffic: nothing, when packets reach the listener; less,
    /// when those of the node itself or at other addresses do.
    /// </summary>
    /// <param name="listener">The listener.</param>
    /// <param name="own">Its mappings; null for a socket or a virtual service.</param>
    /// <param name="taker">Who seems to take it.</param>
    /// <param name="at">The only address at which; null for everywhere.</param>
    /// <param name="isSure">Whether that stands where nothing can be told.</param>
    internal ListenerState Of(Listener listener, NatListeners.Entry? own, NatListeners.Entry taker, IPAddress? at, bool isSure)
    {
        ushort port = PortOf(listener, taker);
        return Of(
            listener, taker, at, ListenerCondition.Shadowed, isSure, ways => FateOf(ways, listener, own, taker, port, isSure));
    }

    /// <summary>
    /// What is left of the statement that a mapping and another of the same priority claim the same: nothing, when packets reach
    /// the one in either order; less, when they do at other addresses; and that it is shadowed, when the order is known.
    /// </summary>
    /// <param name="listener">The listener.</param>
    /// <param name="own">Its mappings.</param>
    /// <param name="other">Who seems to claim the same.</param>
    /// <param name="at">The only address at which; null for everywhere.</param>
    /// <param name="isSure">Whether that stands where nothing can be told.</param>
    internal ListenerState OfTie(Listener listener, NatListeners.Entry own, NatListeners.Entry other, IPAddress? at, bool isSure)
    {
        HashSet<Fate> fates = [];
        ListenerState state = Of(listener, other, at, ListenerCondition.Conflicting, isSure, ways =>
        {
            Fate fate = FateOfTie(ways, own, other, isSure);
            fates.Add(fate);
            return fate;
        });
        return fates.Contains(Fate.Taken) && !fates.Contains(Fate.Contested) ? Of(listener, own, other, at, isSure) : state;
    }

    /// <summary>What is so when several take a listener's traffic, each some of it, by what packets tell alone.</summary>
    internal ListenerState Of(Listener listener, NatListeners.Entry? own, IReadOnlyList<NatListeners.Entry> takers)
    {
        ushort port = PortOf(listener, takers[0]);
        ListenerState state = Of(listener, takers[0], null, ListenerCondition.Shadowed, isSure: false, ways =>
            ways is not null && ways.All(way => FateOf(way, listener, own, port) == Fate.Taken) && AreAll(ways) ? Fate.Taken : Fate.Reached);
        return state.Condition == ListenerCondition.Shadowed
            ? state with { By = string.Join(" and ", takers.Select(static taker => taker.Listener.Label).Distinct()) }
            : state;
    }

    private static ushort PortOf(Listener listener, NatListeners.Entry taker) =>
        Math.Max(listener.Ports?.First ?? 0, taker.Listener.Ports?.First ?? 0);

    private ListenerState Of(
        Listener listener, NatListeners.Entry taker, IPAddress? at, ListenerCondition condition, bool isSure,
        Func<IReadOnlyList<WalkBranch>?, Fate> fateOf)
    {
        ListenerState shadowed = new(condition, taker.Listener.Label, at) { ByKind = taker.Listener.Kind, Other = taker.Listener };
        ushort port = PortOf(listener, taker);
        byte protocol = listener.Protocol != 0 ? listener.Protocol : taker.Listener.Protocol;
        AddressFamily family = listener.Address.AddressFamily;
        IReadOnlyList<IPAddress> addresses = at is not null ? [at]
            : listener is { IsAnyAddress: true, Interface: string link } ? probe.AddressesOf(family, link)
            : listener.IsAnyAddress ? probe.AddressesOf(family)
            : listener.PrefixLength is null ? [listener.Address]
            : [];

        // A socket that is bound to a link answers at the addresses of that one.
        if (at is not null && listener.Interface is string bound && !probe.AddressesOf(family, bound).Contains(at))
        {
            return ListenerState.Ok;
        }

        Fate Ask(IPAddress address, WalkOrigin origin) => fateOf(probe.Ask(protocol, address, port, origin, listener.Interface));

        if (port == 0 || addresses.Count == 0)
        {
            return isSure ? shadowed : ListenerState.Ok;
        }

        if (IPAddress.IsLoopback(addresses[0]))
        {
            return Ask(addresses[0], WalkOrigin.Node) is Fate.Reached ? ListenerState.Ok : shadowed;
        }

        List<IPAddress> outside = [.. addresses.Where(address => Ask(address, WalkOrigin.Outside) != Fate.Reached)];
        List<IPAddress> node = [.. addresses.Where(address => Ask(address, WalkOrigin.Node) != Fate.Reached)];
        IPAddress? Place(List<IPAddress> places) => at ?? (places.Count == addresses.Count ? null : places[0]);

        if (outside.Count == 0 || node.Count == 0 || !outside.TrueForAll(node.Contains))
        {
            return outside.Count > 0 ? shadowed with { Origin = WalkOrigin.Outside, Address = Place(outside) }
                : node.Count > 0 ? shadowed with { Origin = WalkOrigin.Node, Address = Place(node) }
                : ListenerState.Ok;
        }

        IPAddress loopback = family == AddressFamily.InterNetwork ? IPAddress.Loopback : IPAddress.IPv6Loopback;
        IPAddress? place = Place(outside);
        return place is null && listener.IsAnyAddress && listener is { Kind: ListenerKind.Socket, Interface: null } && Ask(loopback, WalkOrigin.Node) == Fate.Reached
            ? shadowed with { Except = [loopback] }
            : shadowed with { Address = place };
    }

    // A walk takes both orders where nothing tells which is so.
    private static Fate FateOfTie(IReadOnlyList<WalkBranch>? ways, NatListeners.Entry own, NatListeners.Entry other, bool isSure) =>
        ways is null ? (isSure ? Fate.Contested : Fate.Reached)
        : !ways.Any(way => IsBy(way, other)) ? Fate.Reached
        : ways.Any(way => IsBy(way, own)) ? Fate.Contested
        : Fate.Taken;

    // Of ways that differ by chance or by what is not known, one that is taken is enough where that is sure without a walk.
    private static Fate FateOf(
        IReadOnlyList<WalkBranch>? ways, Listener listener, NatListeners.Entry? own, NatListeners.Entry taker, ushort port, bool isSure)
    {
        if (ways is null)
        {
            return isSure ? Fate.Unknown : Fate.Reached;
        }

        List<Fate> fates = [.. ways.Select(way => FateOf(way, listener, own, port))];
        if (isSure)
        {
            return fates.TrueForAll(static fate => fate == Fate.Reached) ? Fate.Reached
                : fates.Contains(Fate.Taken) ? Fate.Taken
                : Fate.Unknown;
        }

        return ways.All(way => IsBy(way, taker)) && fates.TrueForAll(static fate => fate == Fate.Taken) && AreAll(ways)
            ? Fate.Taken
            : Fate.Reached;
    }

    // Whatever was taken for granted on one way does not hold on another: there is no third that was not walked.
    private static bool AreAll(IReadOnlyList<WalkBranch> ways)
    {
        HashSet<WalkAssumption> assumptions = [.. ways.SelectMany(static way => way.Assumptions)];
        return assumptions.All(assumption => assumptions.Contains(assumption with { Holds = !assumption.Holds }));
    }

    private static Fate FateOf(WalkBranch way, Listener listener, NatListeners.Entry? own, ushort port)
    {
        if (own is not null)
        {
            return way.Rewriter is null ? Fate.Unknown : IsBy(way, own) ? Fate.Reached : Fate.Taken;
        }

        if (way.Rewriter is null)
        {
            return PacketProbe.IsPast(way) ? Fate.Reached : Fate.Unknown;
        }

        // What is sent to the port that it was for anyway, and ends at the same process.
        return way.End is { Kind: WalkEndpointKind.Socket } end && end.Port == port && end.Owner.ProcessId == listener.Owner.ProcessId
            && listener.Kind == ListenerKind.Socket ? Fate.Reached : Fate.Taken;
    }

    private static bool IsBy(WalkBranch way, NatListeners.Entry entry) =>
        way.Rewriter is { Identity: MappingIdentity identity } && identity.Source == entry.Listener.Source
        && (identity.Owner.Name == entry.Listener.Owner.Name || MappingIdentity.Of(entry.Mappings[0]).Owner.Name == identity.Owner.Name);
}
