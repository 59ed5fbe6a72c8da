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
        ListenerState shadowed = new(ListenerCondition.Shadowed, taker.Listener.Label, at) { ByKind = taker.Listener.Kind };
        ushort port = Math.Max(listener.Ports?.First ?? 0, taker.Listener.Ports?.First ?? 0);
        byte protocol = listener.Protocol != 0 ? listener.Protocol : taker.Listener.Protocol;
        AddressFamily family = taker.Listener.IsBothFamilies ? listener.Address.AddressFamily : taker.Listener.Address.AddressFamily;
        IReadOnlyList<IPAddress> addresses = at is not null ? [at]
            : listener.IsAnyAddress ? probe.AddressesOf(family)
            : listener.PrefixLength is null ? [listener.Address]
            : [];

        Fate Ask(IPAddress address, WalkOrigin origin) => FateOf(
            probe.Ask(protocol, address, port, origin), listener, own, taker, port, isSure);

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
        bool isLoopbackReached = at is null && listener.IsAnyAddress
            && Ask(family == AddressFamily.InterNetwork ? IPAddress.Loopback : IPAddress.IPv6Loopback, WalkOrigin.Node) == Fate.Reached;
        IPAddress? place = at ?? (outside.Count is 0 || outside.Count == addresses.Count ? null : outside[0]);
        return (outside.Count, node.Count) switch
        {
            (0, 0) => ListenerState.Ok,
            (0, _) => shadowed with { Origin = WalkOrigin.Node },
            _ when isLoopbackReached || !outside.TrueForAll(node.Contains) => shadowed with { Origin = WalkOrigin.Outside, Address = place },
            _ => shadowed with { Address = place },
        };
    }

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

        return ways.All(way => way.Assumptions.IsEmpty && IsBy(way, taker)) && fates.TrueForAll(static fate => fate == Fate.Taken)
            ? Fate.Taken
            : Fate.Reached;
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
