using System.Net;
using System.Net.Sockets;
using Berth.Netlink.Route;
using Berth.NfTables;

namespace Berth.Inspection;

/// <summary>
/// Who gets a packet that several could: the nat chain of the lower priority, in one base chain the rule that comes first,
/// and before every socket and IPVS service whoever rewrites at all. At one priority the base chain that was registered
/// last runs first, which nothing tells afterwards: that is a conflict. What seems shadowed or in conflict so, packets are
/// asked about.
/// </summary>
internal sealed class Precedence
{
    private readonly Dictionary<ushort, List<NatListeners.Entry>> _byPort = [];
    private readonly List<NatListeners.Entry> _ofManyPorts = [];
    private readonly LocalAddresses _local;
    private readonly ILookup<ushort, Listener> _virtualServices;
    private readonly ShadowCheck _check;

    internal Precedence(
        NodeSnapshot snapshot, IReadOnlyList<NatListeners.Entry> entries, IEnumerable<Listener> virtualServices, PacketProbe probe)
    {
        _check = new ShadowCheck(probe);
        _local = new LocalAddresses(snapshot);
        _virtualServices = virtualServices.ToLookup(static service => service.Ports?.First ?? 0);
        foreach (NatListeners.Entry entry in entries)
        {
            if (entry.Listener.Ports is { } ports && ports.First == ports.Last)
            {
                if (!_byPort.TryGetValue(ports.First, out List<NatListeners.Entry>? list))
                {
                    _byPort.Add(ports.First, list = []);
                }

                list.Add(entry);
            }
            else
            {
                _ofManyPorts.Add(entry);
            }
        }
    }

    /// <summary>How it stands with a mapping.</summary>
    internal ListenerState StateOf(NatListeners.Entry entry) => InEachFamily(
        entry.Listener, listener => StateOfMapping(entry with { Listener = listener }, entry));

    /// <summary>How it stands with a socket or an IPVS service.</summary>
    internal ListenerState StateOf(Listener listener) => InEachFamily(listener, StateOfOther);

    // What answers in both families is asked in each: a rule of one may take only its packets.
    private ListenerState InEachFamily(Listener listener, Func<Listener, ListenerState> stateOf)
    {
        if (listener.Address.IsIPv4MappedToIPv6)
        {
            return stateOf(listener with { Address = listener.Address.MapToIPv4() });
        }

        if (!listener.IsBothFamilies)
        {
            return stateOf(listener);
        }

        ListenerState In(IPAddress any) => stateOf(listener with { Address = any, IsBothFamilies = false });
        return !_local.MayHave(AddressFamily.InterNetworkV6) ? In(IPAddress.Any)
            : !_local.MayHave(AddressFamily.InterNetwork) ? In(IPAddress.IPv6Any)
            : FamilyStates.Together(In(IPAddress.Any), In(IPAddress.IPv6Any));
    }

    private ListenerState StateOfMapping(NatListeners.Entry entry, NatListeners.Entry self)
    {
        ListenerState state = ListenerState.Ok;
        List<NatListeners.Entry> takers = [];
        foreach (NatListeners.Entry other in Candidates(entry.Listener.Ports))
        {
            if (ReferenceEquals(other, self) || Reach(other, entry.Listener) is not (true, var address))
            {
                continue;
            }

            (bool isEarlier, bool isTie) = Order(other, entry);
            if (isEarlier && FamilyStates.Weight(state) < FamilyStates.AllOfIt)
            {
                // Under conditions, such as an interface, only a packet tells.
                ListenerState found = _check.Of(entry.Listener, entry, other, address, isSure: !other.Listener.IsConditional);
                state = MoreOf(state, found, takers, other);
            }
            else if (isTie && state.Condition == ListenerCondition.Ok)
            {
                state = _check.OfTie(entry.Listener, entry, other, address, isSure: !other.Listener.IsConditional);
            }
        }

        return ByAll(entry.Listener, entry, state, takers);
    }

    private ListenerState StateOfOther(Listener listener)
    {
        ListenerState state = ListenerState.Ok;
        List<NatListeners.Entry> takers = [];
        foreach (NatListeners.Entry other in Candidates(listener.Ports))
        {
            // Under conditions a mapping takes what a socket would get, or does not: that only a packet tells.
            bool isSure = !other.Listener.IsConditional;
            if ((isSure || listener.Kind == ListenerKind.Socket) && FamilyStates.Weight(state) < FamilyStates.AllOfIt
                && Reach(other, listener) is (true, var address))
            {
                state = MoreOf(state, _check.Of(listener, null, other, address, isSure), takers, other);
            }
        }

        state = ByAll(listener, null, state, takers);
        return listener.Kind == ListenerKind.Socket && state.Condition == ListenerCondition.Ok ? UnderVirtualService(listener) : state;
    }

    private static ListenerState MoreOf(
        ListenerState state, ListenerState found, List<NatListeners.Entry> takers, NatListeners.Entry other)
    {
        if (found.Condition == ListenerCondition.Shadowed)
        {
            takers.Add(other);
        }

        return FamilyStates.Weight(found) > FamilyStates.Weight(state) ? found : state;
    }

    // One takes it here, and another there.
    private ListenerState ByAll(Listener listener, NatListeners.Entry? own, ListenerState state, List<NatListeners.Entry> takers)
    {
        if (state.Address is null || takers.Count < 2)
        {
            return state;
        }

        ListenerState byAll = _check.Of(listener, own, takers);
        return FamilyStates.Weight(byAll) > FamilyStates.Weight(state) ? byAll : state;
    }

    // IPVS takes what is for the node's own addresses on its way in, before any socket sees it (LOCAL_IN).
    private ListenerState UnderVirtualService(Listener socket)
    {
        foreach (Listener service in _virtualServices[socket.Ports?.First ?? 0])
        {
            if (service.Protocol == socket.Protocol && (socket.IsBothFamilies || service.Address.AddressFamily == socket.Address.AddressFamily)
                && (socket.IsAnyAddress ? _local.Contains(service.Address) : service.Address.Equals(socket.Address)))
            {
                return new ListenerState(ListenerCondition.Shadowed, service.Label, socket.IsAnyAddress ? service.Address : null)
                {
                    ByKind = service.Kind,
                    Other = service,
                };
            }
        }

        return ListenerState.Ok;
    }

    private IEnumerable<NatListeners.Entry> Candidates(PortInterval? ports) =>
        ports is not null && ports.First == ports.Last
            ? (_byPort.TryGetValue(ports.First, out List<NatListeners.Entry>? list) ? list : []).Concat(_ofManyPorts)
            : _byPort.Values.SelectMany(static list => list).Concat(_ofManyPorts);

    // Whether packets for a listener reach a mapping, and the one address at which they do when it is not everywhere.
    private (bool Reaches, IPAddress? Address) Reach(NatListeners.Entry other, Listener listener)
    {
        Listener taker = other.Listener;
        if ((taker.Protocol != listener.Protocol && taker.Protocol != 0) || !SharePorts(taker.Ports, listener.Ports))
        {
            return (false, null);
        }

        bool anyFamily = taker.IsBothFamilies || listener.IsBothFamilies;
        if (!anyFamily && taker.Address.AddressFamily != listener.Address.AddressFamily)
        {
            return (false, null);
        }

        if (taker.IsAnyAddress && taker.PrefixLength is null)
        {
            return (listener.IsAnyAddress || TakesAt(other, listener), null);
        }

        IPNetwork network = new(taker.Address, taker.PrefixLength ?? (taker.Address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128));
        return !listener.IsAnyAddress ? (network.Contains(listener.Address), null)
            : _local.Within(network) is IPAddress own ? (true, own)
            : (false, null);
    }

    // Loopback is only met on the way out, and what a rule leaves out it does not take. Where rules are for local addresses
    // alone, a Service's that is none of them goes by; a socket has only those.
    private bool TakesAt(NatListeners.Entry other, Listener listener)
    {
        foreach (NatMapping mapping in other.Mappings)
        {
            if ((!mapping.Selection.IsLocal || listener.Kind == ListenerKind.Socket || _local.Contains(listener.Address))
                && (mapping.Hook == NfHook.Output || !IPAddress.IsLoopback(listener.Address))
                && !mapping.Exclusions.Any(exclusion => Excludes(exclusion, listener)))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Excludes(Selection exclusion, Listener listener) =>
        exclusion.Destination is IPNetwork network && network.Contains(listener.Address)
        && (exclusion.Protocol ?? listener.Protocol) == listener.Protocol
        && (exclusion.Ports is null || SharePorts(exclusion.Ports, listener.Ports));

    private static bool SharePorts(PortInterval? one, PortInterval? other) =>
        one is null || other is null || (one.First <= other.Last && other.First <= one.Last);

    // By the hook that both are in; prerouting tells when it is both.
    private static (bool IsEarlier, bool IsTie) Order(NatListeners.Entry other, NatListeners.Entry entry)
    {
        foreach (NatMapping mine in entry.Mappings)
        {
            foreach (NatMapping its in other.Mappings)
            {
                if (its.Hook == mine.Hook)
                {
                    return its.BaseChain == mine.BaseChain
                        ? (its.Order < mine.Order, false)
                        : (its.Priority < mine.Priority, its.Priority == mine.Priority);
                }
            }
        }

        return (false, false);
    }
}
