using Berth.NfTables;

namespace Berth.Inspection;

/// <summary>
/// Takes a packet through a hook: base chains of nf_tables and tables of iptables-legacy by priority, and between them what
/// the kernel does itself. All nat chains run as one, at the priority of address translation.
/// </summary>
/// <param name="node">The node.</param>
/// <param name="programs">All base chains of the packet's family.</param>
/// <param name="binding">What carries out rewriting.</param>
/// <param name="reroute">Gives a packet of the node's own another route, when a rule changed what it hangs on.</param>
internal sealed class HookRun(
    WalkNode node, IReadOnlyList<WalkProgram> programs, NatBinding binding, Func<WalkBranch, IReadOnlyList<WalkBranch>> reroute)
{
    // include/uapi/linux/netfilter_ipv4.h: NF_IP_PRI_CONNTRACK, NAT_DST, NAT_SRC; those of IPv6 are the same.
    private const int Conntrack = -200;
    private const byte Icmp = 1;
    private const byte Tcp = 6;
    private const byte Icmpv6 = 58;
    private const byte Sctp = 132;
    private const byte EchoRequest = 8;
    private const byte EchoRequestV6 = 128;
    private const int NatDestination = -100;
    private const int NatSource = 100;

    // ip_vs_ops4: for local delivery just before, for what the node sends just after address translation; answers first.
    private const int VirtualServerInput = NatSource - 1;
    private const int VirtualServerOutput = NatDestination + 2;
    private const int VirtualServerForward = NatSource;

    private readonly VirtualServers _virtualServers = new(node);

    /// <summary>All ways through a hook. What ended has <see cref="WalkBranch.End"/>.</summary>
    /// <param name="start">The packet, its interfaces as the hook sees them.</param>
    /// <param name="hook">The hook.</param>
    internal List<WalkBranch> Run(WalkBranch start, NfHook hook)
    {
        List<WalkBranch> branches = [start with { Packet = start.Packet with { Hook = hook } }];
        foreach (List<Entry> group in ByPriority(EntriesOf(hook)))
        {
            List<WalkBranch> next = [];
            foreach (WalkBranch branch in branches)
            {
                if (branch.End is not null || branch.Packet.IsStolen)
                {
                    next.Add(branch);
                    continue;
                }

                next.AddRange(RunTied(branch, group));
            }

            branches = BranchMerge.Merge(next);
        }

        return branches;
    }

    private List<Entry> EntriesOf(NfHook hook)
    {
        List<Entry> entries = [];
        foreach (WalkProgram program in programs)
        {
            if (program.Hook == hook && program.Type != "nat")
            {
                entries.Add(new Entry(program.Priority, program, branch => RunChain(branch, program)));
            }
        }

        if (hook is NfHook.Prerouting or NfHook.Output)
        {
            entries.Add(new Entry(Conntrack, null, static branch => [branch with { Packet = Track(branch.Packet) }]));
        }

        if (hook != NfHook.Forward)
        {
            int priority = NatBinding.ManipulationOf(hook) == NatManipulation.Destination ? NatDestination : NatSource;
            entries.Add(new Entry(priority, FirstToTranslate(), branch => Translate(branch, hook)) { IsTranslation = true });
        }

        if (hook is NfHook.Input or NfHook.Output)
        {
            int priority = hook == NfHook.Input ? VirtualServerInput : VirtualServerOutput;
            entries.Add(new Entry(priority - 1, null, branch => [_virtualServers.Answer(branch, hook)]));
            entries.Add(new Entry(priority, null, branch => _virtualServers.Run(branch, hook)));
        }
        else if (hook == NfHook.Forward)
        {
            entries.Add(new Entry(VirtualServerForward, null, branch => [_virtualServers.Answer(branch, hook)]));
        }

        return entries;
    }

    // Address translation is registered, in all hooks at once, with the first nat chain of a family (nf_nat_register_fn()):
    // which one that is can be told only where all are in one table.
    private WalkProgram? FirstToTranslate()
    {
        List<WalkProgram> nat = [.. programs.Where(static program => program.Type == "nat")];
        return nat.Count > 0 && nat.TrueForAll(program => SameTable(program, nat[0]))
            ? nat.MinBy(static program => program.Registration)
            : null;
    }

    // Chains of type route, and mangle of iptables, look for another route when they changed what routing goes by
    // (nf_route_table_hook4(), ipt_mangle_out()).
    private List<WalkBranch> RunChain(WalkBranch branch, WalkProgram program)
    {
        List<WalkBranch> ways = new ChainRun(program, node, null).Run(branch);
        if (program.Hook != NfHook.Output || !(program.Type == "route" || program is { IsLegacy: true, Table: "mangle" }))
        {
            return ways;
        }

        return [.. ways.SelectMany(way => way.End is null && (way.Packet.Mark != branch.Packet.Mark
            || way.Packet.Dscp != branch.Packet.Dscp || !way.Packet.Destination.Equals(branch.Packet.Destination)
            || !way.Packet.Source.Equals(branch.Packet.Source)) ? reroute(way) : [way])];
    }

    // nf_conntrack_in(): a new connection, unless it has one already, as on its second round by loopback.
    private static WalkPacket Track(WalkPacket packet)
    {
        if (packet.State != WalkState.None)
        {
            return packet;
        }

        if (packet.Flow is WalkFlow flow && flow.Zone == packet.Zone)
        {
            return flow.Answering(packet);
        }

        if (!StartsConnection(packet))
        {
            return packet with { State = WalkState.Invalid };
        }

        WalkTuple tuple = new(packet.Source, packet.SourcePort, packet.Destination, packet.DestinationPort);
        return packet with { State = WalkState.New, Original = tuple, Reply = tuple.Inverted };
    }

    private static bool StartsConnection(WalkPacket packet) => packet.Protocol switch
    {
        Tcp => StartsConnection(packet.TcpFlags),
        Icmp or Icmpv6 => packet.IcmpType is EchoRequest or EchoRequestV6, // icmp_new(), icmpv6_new()
        Sctp => !packet.IsAnswer, // sctp_new(): an INIT does, and its INIT ACK does not
        _ => true,
    };

    // tcp_new(): what asks for a connection, and, as long as nf_conntrack_tcp_loose is on, what looks like the middle of one.
    private static bool StartsConnection(byte flags)
    {
        const byte Finish = 1;
        const byte Synchronize = 2;
        const byte Reset = 4;
        const byte Acknowledge = 16;
        return (flags & (Finish | Synchronize | Reset | Acknowledge)) is Synchronize or Acknowledge;
    }

    private List<WalkBranch> Translate(WalkBranch branch, NfHook hook)
    {
        NatManipulation manipulation = NatBinding.ManipulationOf(hook);
        if (!branch.Packet.IsTracked || branch.Packet.State == WalkState.Untracked)
        {
            return [branch];
        }

        List<WalkBranch> branches = [branch];
        if (branch.Packet.State == WalkState.New && !NatBinding.IsSettled(branch.Packet, manipulation))
        {
            branches = Bind(branch, hook, manipulation);
        }

        List<WalkBranch> rewritten = [];
        foreach (WalkBranch way in branches)
        {
            WalkBranch applied = way.End is null ? Apply(way, manipulation, hook) : way;
            // nf_nat_ipv4_local_fn()
            rewritten.AddRange(hook == NfHook.Output && applied.End is null
                && !applied.Packet.Destination.Equals(branch.Packet.Destination) ? reroute(applied) : [applied]);
        }

        return rewritten;
    }

    private List<WalkBranch> Bind(WalkBranch branch, NfHook hook, NatManipulation manipulation)
    {
        List<Entry> chains = [];
        foreach (WalkProgram program in programs)
        {
            if (program.Hook == hook && program.Type == "nat")
            {
                chains.Add(new Entry(program.Priority, program, way => NatBinding.IsSettled(way.Packet, manipulation)
                    ? [way]
                    : new ChainRun(program, node, binding).Run(way)));
            }
        }

        List<WalkBranch> branches = [branch];
        foreach (List<Entry> group in ByPriority(chains))
        {
            List<WalkBranch> next = [];
            foreach (WalkBranch way in branches)
            {
                next.AddRange(way.End is null && !NatBinding.IsSettled(way.Packet, manipulation) ? RunTied(way, group) : [way]);
            }

            branches = BranchMerge.Merge(next);
        }

        return [.. branches.Select(way => way.End is null && !NatBinding.IsSettled(way.Packet, manipulation)
            ? way with { Packet = NatBinding.Settle(way.Packet, manipulation) }
            : way)];
    }

    // What a rule bound was rewritten and told there.
    private static WalkBranch Apply(WalkBranch branch, NatManipulation manipulation, NfHook hook)
    {
        WalkPacket rewritten = NatBinding.Apply(branch.Packet, manipulation);
        if (rewritten == branch.Packet)
        {
            return branch;
        }

        WalkBranch changed = branch with { Packet = rewritten };
        return changed.With(changed.Step(
            WalkStepKind.Rewriting,
            manipulation == NatManipulation.Source
                ? $"source becomes {EndpointText.Of(rewritten.Source, rewritten.SourcePort)} again"
                : $"destination becomes {EndpointText.Of(rewritten.Destination, rewritten.DestinationPort)} again",
            hook));
    }

    private static List<List<Entry>> ByPriority(List<Entry> entries)
    {
        SortedDictionary<int, List<Entry>> groups = [];
        foreach (Entry entry in entries)
        {
            if (!groups.TryGetValue(entry.Priority, out List<Entry>? group))
            {
                groups.Add(entry.Priority, group = []);
            }

            group.Add(entry);
        }

        return [.. groups.Values];
    }

    // Every order that may be. Where all come to the same, the tie is none.
    private static List<WalkBranch> RunTied(WalkBranch branch, List<Entry> tied)
    {
        if (tied.Count == 1)
        {
            return tied[0].Run(branch);
        }

        List<(List<Entry> Order, List<WalkBranch> Ways)> runs = [];
        foreach (List<Entry> order in TiedOrders.Of(tied, IsBefore))
        {
            List<WalkBranch> ways = [branch];
            foreach (Entry entry in order)
            {
                ways = BranchMerge.Merge([.. ways.SelectMany(way => way.End is null ? entry.Run(way) : [way])]);
            }

            runs.Add((order, ways));
        }

        return runs.TrueForAll(run => AreSame(run.Ways, runs[0].Ways))
            ? runs[0].Ways
            : BranchMerge.Merge([.. runs.SelectMany(static run => run.Ways.Select(way => Assume(way, run.Order)).OfType<WalkBranch>())]);
    }

    private static bool AreSame(List<WalkBranch> ways, List<WalkBranch> others) => ways.Count == others.Count
        && ways.TrueForAll(way => others.Exists(other => way.IsAsFarAs(other)
            && way.Assumptions.SequenceEqual(other.Assumptions) && Math.Abs(way.Probability - other.Probability) < 1e-9));

    private static WalkBranch? Assume(WalkBranch way, List<Entry> order)
    {
        WalkBranch? assumed = way;
        for (int i = 0; i < order.Count; i++)
        {
            for (int j = i + 1; j < order.Count; j++)
            {
                assumed = Tie(order[i], order[j]) is WalkAssumption tie ? assumed?.Assuming(tie) : assumed;
            }
        }

        return assumed;
    }

    // The kernel's own steps are there before any rule asks for them; in one table the later base chain runs first.
    private static bool IsBefore(Entry one, Entry other) => (one.Program, other.Program) switch
    {
        ({ } first, { } second) => SameTable(first, second) && first.Registration > second.Registration,
        (null, _) => !one.IsTranslation,
        _ => false,
    };

    private static bool SameTable(WalkProgram one, WalkProgram other) =>
        one.IsLegacy == other.IsLegacy && one.Family == other.Family && one.Table == other.Table && !one.IsLegacy;

    private static WalkAssumption? Tie(Entry first, Entry second)
    {
        if (IsBefore(first, second) || IsBefore(second, first))
        {
            return null;
        }

        string one = NameOf(first);
        string other = NameOf(second);
        bool inOrder = string.CompareOrdinal(one, other) <= 0;
        return new WalkAssumption(
            $"tie at priority {first.Priority}: {(inOrder ? one : other)} runs before {(inOrder ? other : one)}, as the one registered later does",
            inOrder);
    }

    private static string NameOf(Entry entry) =>
        entry.IsTranslation ? "address translation"
        : entry.Program is { } program ? $"{WalkNames.Table(program)} {program.Chain}"
        : "the kernel";

    // Of address translation the program is the base chain that it was registered with.
    private sealed record Entry(int Priority, WalkProgram? Program, Func<WalkBranch, List<WalkBranch>> Run)
    {
        internal bool IsTranslation { get; init; }
    }
}
