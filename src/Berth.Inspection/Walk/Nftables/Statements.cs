using System.Net;
using Berth.Netlink.Conntrack;
using Berth.Netlink.Route;
using Berth.Netlink.Sockets;
using Berth.NfTables;

namespace Berth.Inspection;

/// <summary>Expressions that change the packet or its connection, choose by chance, or depend on what was before.</summary>
internal static class Statements
{
    private const uint MaxNumbers = 1024;
    private const byte Tcp = 6;

    /// <summary>Carries one out.</summary>
    /// <returns>Whether it is known here.</returns>
    internal static bool Step(RuleEvaluation evaluation, object expression, RuleState state, List<RuleState> next)
    {
        switch (expression)
        {
            case Meta { Source: Register source } meta:
                next.Add(SetMeta(evaluation, meta, state.Registers.Read(source, 4), state));
                return true;
            case ConntrackExpression { Source: Register source } conntrack:
                next.Add(SetConntrack(evaluation, conntrack, state, source));
                return true;
            case Untrack:
                next.Add(state.Packet.State == WalkState.None
                    ? (state with { Packet = state.Packet.WithoutTracking() }).Doing("exempts it from connection tracking")
                    : state);
                return true;
            case Reject reject:
                evaluation.End(state, state.Ended(WalkVerdict.Reject) with { Effect = $"rejected{HowOf(reject)}" });
                return true;
            case ToQueue queue:
                Queue(evaluation, queue, state);
                return true;
            case NumberGenerator numbers:
                Choose(evaluation, numbers.Destination, numbers.Modulus, numbers.Offset, "a number by chance", state, next);
                return true;
            case HashLoad hash:
                Hash(evaluation, hash, state, next);
                return true;
            case RouteLoad route:
                evaluation.Load(state, route.Destination, RouteValue.Load(state.Packet, evaluation.Node, route.Key), next);
                return true;
            case SocketLoad socket:
                Socket(evaluation, socket, state, next);
                return true;
            case ExtensionHeader header:
                evaluation.Load(state, header.Destination, Loaded.Unknown(Math.Max(1, header.Length), $"option or header {header.Type} of the packet"), next);
                return true;
            case RateLimit or Quota or ConnectionLimit:
                string what = expression switch { RateLimit => "limit", Quota => "quota", _ => "number of connections" };
                evaluation.Require(state, Certainty.Unknown, evaluation.OfThisRule($"the {what} lets it go on"), next);
                return true;
            case PayloadWrite write:
                next.Add(PacketWriting.Write(evaluation, write, state));
                return true;
            case UnknownExpression { KindName: "synproxy" }:
                Intercept(evaluation, state, next);
                return true;
            case SetUpdate update:
                SetUpdating.Step(evaluation, update, state, next);
                return true;
            case ObjectReference reference:
                Reference(evaluation, reference, state, next);
                return true;
            case FlowOffload offload:
                // nft_flow_offload_eval(): of a connection that is not confirmed yet the rule ends here.
                Certainty isTaken = (state.Packet.Status & FlowStatus.Confirmed) == 0 ? Certainty.No : Certainty.Unknown;
                evaluation.Require(state, isTaken, evaluation.OfThisRule($"flow table {offload.Table} takes the connection"), next);
                return true;
            case TransparentProxy proxy:
                Proxy(evaluation, proxy, state, next);
                return true;
            case Log:
            case UnknownExpression { KindName: "last" or "dup" }:
            // Without a source that is read as known it writes: the largest segment, mostly.
            case UnknownExpression { KindName: "exthdr" }:
                next.Add(state);
                return true;
            case BitShift shift:
                state.Registers.Write(shift.Destination, Shifted(state.Registers.Read(shift.Source, shift.Length), shift));
                next.Add(state);
                return true;
            default:
                return Rewriting.Step(evaluation, expression, state);
        }
    }

    private static RuleState SetMeta(RuleEvaluation evaluation, Meta meta, Loaded value, RuleState state)
    {
        switch (unchecked((int)meta.Key))
        {
            case (int)MetaKey.Mark:
                uint mark = BitConverter.ToUInt32(value.Bytes);
                RuleState marked = state with { Packet = state.Packet with { Mark = mark } };
                marked = value.Reason is null ? marked : marked.Assuming(evaluation.OfThisRule($"the mark becomes 0x{mark:x} ({value.Reason})"));
                return mark == state.Packet.Mark ? marked : marked.Doing($"sets the mark to 0x{mark:x}");
            case MetaValue.PacketType:
                return state with { Packet = state.Packet with { PacketType = value.Bytes[0] } };
            default:
                return state; // priority, nftrace, secmark: they decide nothing here
        }
    }

    private static RuleState SetConntrack(RuleEvaluation evaluation, ConntrackExpression conntrack, RuleState state, Register source)
    {
        int key = unchecked((int)conntrack.Key);
        if (key == ConntrackValue.Zone)
        {
            return SetZone(evaluation, state, state.Registers.Read(source, 2), conntrack.Direction is not null);
        }

        if (!state.Packet.IsTracked)
        {
            return state;
        }

        switch (key)
        {
            case (int)ConntrackKey.Mark:
                Loaded value = state.Registers.Read(source, 4);
                uint mark = BitConverter.ToUInt32(value.Bytes);
                RuleState marked = state with { Packet = state.Packet with { ConnectionMark = mark } };
                marked = value.Reason is null ? marked : marked.Assuming(evaluation.OfThisRule($"the connection mark becomes 0x{mark:x} ({value.Reason})"));
                return mark == state.Packet.ConnectionMark ? marked : marked.Doing($"sets the connection mark to 0x{mark:x}");
            case (int)ConntrackKey.Labels:
                UInt128 labels = ConntrackValue.Labels(state.Registers.Read(source, 16).Bytes);
                return state with { Packet = state.Packet with { Labels = state.Packet.Labels | labels } };
            default:
                return state;
        }
    }

    // nft_ct_set_zone_eval(): too late for what has a connection, or is to have none.
    private static RuleState SetZone(RuleEvaluation evaluation, RuleState state, Loaded value, bool isOfOneDirection)
    {
        if (state.Packet.State != WalkState.None)
        {
            return state;
        }

        if (value.Reason is not null || isOfOneDirection)
        {
            return state.Granting(evaluation.OfThisRule("another conntrack zone changes nothing, which is not modelled"));
        }

        ushort zone = BitConverter.ToUInt16(value.Bytes);
        return (state with { Packet = state.Packet with { Zone = zone } }).Doing($"sets the conntrack zone to {zone}");
    }

    // nft_bitwise_eval_lshift() and _rshift(): numbers of 32 bits in host byte order, the first the highest.
    private static Loaded Shifted(Loaded loaded, BitShift shift)
    {
        if (loaded.Reason is not null || loaded.Bytes.Length != 4)
        {
            return Loaded.Unknown(loaded.Bytes.Length, loaded.Reason ?? "a shift of more than 32 bits");
        }

        uint number = BitConverter.ToUInt32(loaded.Bytes);
        int bits = Math.Min(shift.Count, 31);
        return Loaded.OfHost(shift.IsLeft ? unchecked(number << bits) : number >> bits);
    }

    private static string HowOf(Reject reject) => reject.Type == RejectType.Reset ? " with a TCP reset" : "";

    // nft_queue_eval(), nft_queue_sreg_eval()
    private static void Queue(RuleEvaluation evaluation, ToQueue queue, RuleState state)
    {
        const uint Bypass = 1;
        Loaded? computed = queue.Source is Register source ? state.Registers.Read(source, 4) : null;
        RuleOutcome handed = computed is { Reason: not null }
            ? new RuleOutcome(state.Packet, WalkVerdict.Queue) { Effect = "handed to the program of a queue that is computed" }
            : PacketQueues.Hand(
                state.Packet,
                evaluation.Node,
                computed is Loaded number ? (ushort)BitConverter.ToUInt32(number.Bytes) : queue.Number,
                computed is null ? queue.Count : 1,
                (queue.Flags & Bypass) != 0);
        evaluation.End(state, state.Ended(handed.Verdict) with { Effect = handed.Effect });
    }

    private static void Choose(
        RuleEvaluation evaluation, Register destination, uint modulus, uint offset, string what, RuleState state, List<RuleState> next)
    {
        if (modulus is 0 or > MaxNumbers)
        {
            evaluation.Load(state, destination, Loaded.Unknown(4, evaluation.OfThisRule(what)), next);
            return;
        }

        for (uint i = 0; i < modulus; i++)
        {
            RuleState way = state.Fork() with { Probability = state.Probability / modulus };
            way.Registers.Write(destination, Loaded.OfHost(unchecked(offset + i)));
            next.Add(way);
        }
    }

    private static void Hash(RuleEvaluation evaluation, HashLoad hash, RuleState state, List<RuleState> next)
    {
        Loaded? source = hash.Source is Register register ? state.Registers.Read(register, hash.Length) : null;
        if (hash.Seed is uint seed && source is { Reason: null } known && hash.Modulus > 0 && evaluation.Node.Snapshot.Node.IsLittleEndian)
        {
            uint number = (uint)(((ulong)JenkinsHash.OfBytes(known.Bytes, seed) * hash.Modulus) >> 32);
            evaluation.Load(state, hash.Destination, Loaded.OfHost(unchecked(hash.Offset + number)), next);
            return;
        }

        // The kernel's own seed nobody knows: as good as chance.
        Choose(evaluation, hash.Destination, hash.Modulus, hash.Offset, "a hash by a seed that only the kernel knows", state, next);
    }

    private static void Socket(RuleEvaluation evaluation, SocketLoad socket, RuleState state, List<RuleState> next)
    {
        int length = socket.Key switch { SocketKey.Mark => 4, SocketKey.ControlGroup => 8, _ => 1 };
        if (LocalSockets.Of(evaluation.Node, state.Packet) is DiagnosedSocket found)
        {
            bool isAny = found.Local.Equals(IPAddress.Any) || found.Local.Equals(IPAddress.IPv6Any);
            evaluation.Load(state, socket.Destination, (socket.Key, found.IsTransparent) switch
            {
                (SocketKey.Wildcard, _) => Loaded.Of(isAny ? (byte)1 : (byte)0),
                (SocketKey.Transparent, bool isTransparent) => Loaded.Of(isTransparent ? (byte)1 : (byte)0),
                _ => Loaded.Unknown(length, "an option of the socket that listens"),
            }, next);
        }
        else if (evaluation.Node.Snapshot.Sockets.Status == PartStatus.Present)
        {
            evaluation.Leave(state);
        }
        else
        {
            evaluation.Load(state, socket.Destination, Loaded.Unknown(length, "the sockets, which could not be read"), next);
        }
    }

    // nft_synproxy_eval(): of TCP it answers in the receiver's place, and asks the receiver later.
    private static void Intercept(RuleEvaluation evaluation, RuleState state, List<RuleState> next)
    {
        if (state.Packet.Protocol != Tcp)
        {
            evaluation.Leave(state);
            return;
        }

        next.Add(state.Granting(evaluation.OfThisRule("synproxy, which is not modelled, does nothing with the packet")));
    }

    private static void Reference(RuleEvaluation evaluation, ObjectReference reference, RuleState state, List<RuleState> next)
    {
        if (reference is { Source: Register source, Map: string map } && evaluation.Rule.Table.Set(map) is SetIndex index
            && state.Registers.Read(source, index.KeyLength) is { Reason: null } key && index.Find(DataValue.FromBytes(key.Bytes)) is null)
        {
            evaluation.Leave(state);
            return;
        }

        const uint SynProxy = 10;
        if (reference.Type == SynProxy)
        {
            Intercept(evaluation, state, next);
            return;
        }

        // NFT_OBJECT_*: a counter, a helper, a timeout, a security mark and an expectation decide nothing.
        if (reference.Type is 1 or 3 or 7 or 8 or 9)
        {
            next.Add(state);
            return;
        }

        evaluation.Require(state, Certainty.Unknown, evaluation.OfThisRule($"the object {reference.Object ?? reference.Map} lets it go on"), next);
    }

    private static void Proxy(RuleEvaluation evaluation, TransparentProxy proxy, RuleState state, List<RuleState> next)
    {
        ushort port = proxy.Port is Register register ? DataValue.FromBytes(state.Registers.Read(register, 2).Bytes).ToPort() : state.Packet.DestinationPort;
        WalkPacket proxied = state.Packet with { IsProxied = true, ProxyPort = port };
        Certainty isThere = LocalSockets.Of(evaluation.Node, proxied) switch
        {
            { IsTransparent: bool isTransparent } => isTransparent ? Certainty.Yes : Certainty.No,
            { } => Certainty.Unknown,
            null => Certainty.No,
        };
        if (isThere == Certainty.No)
        {
            evaluation.Leave(state);
            return;
        }

        List<RuleState> taken = [];
        evaluation.Require(state, isThere, $"the socket on port {port} is transparent", taken);
        next.AddRange(taken.Select(way => (way with { Packet = proxied }).Doing($"hands it to the local socket on port {port}")));
    }
}
