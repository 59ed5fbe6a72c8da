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
/// <param name="effort">How much is followed.</param>
internal sealed class HookRun(
    WalkNode node, IReadOnlyList<WalkProgram> programs, NatBinding binding, Func<WalkBranch, IReadOnlyList<WalkBranch>> reroute,
    WalkEffort effort)
{
    // include/uapi/linux/netfilter_ipv4.h: NF_IP_PRI_CONNTRACK, NAT_DST, NAT_SRC; those of IPv6 are the same.
    private const int Conntrack = -200;
    private const int NatDestination = -100;
    private const int NatSource = 100;

    // ip_vs_ops4: for local delivery just before, for what the node sends just after address translation; answers first.
    private const int VirtualServerInput = NatSource - 1;
    private const int VirtualServerOutput = NatDestination + 2;
    private const int VirtualServerForward = NatSource;

    private readonly VirtualServers _virtualServers = new(node);
    private readonly AddressTranslation _translation = new(node, programs, binding, reroute, effort);

    /// <summary>All ways through a hook. What ended has <see cref="WalkBranch.End"/>.</summary>
    /// <param name="start">The packet, its interfaces as the hook sees them.</param>
    /// <param name="hook">The hook.</param>
    internal List<WalkBranch> Run(WalkBranch start, NfHook hook)
    {
        List<WalkBranch> branches = [start with { Packet = start.Packet with { Hook = hook } }];
        foreach (List<HookEntry> group in HookEntry.ByPriority(EntriesOf(hook)))
        {
            List<WalkBranch> next = [];
            foreach (WalkBranch branch in branches)
            {
                if (branch.End is not null || branch.Packet.IsStolen)
                {
                    next.Add(branch);
                    continue;
                }

                next.AddRange(TiedRun.Of(branch, group));
            }

            branches = BranchMerge.Merge(next);
        }

        return branches;
    }

    private List<HookEntry> EntriesOf(NfHook hook)
    {
        List<HookEntry> entries = [];
        foreach (WalkProgram program in programs)
        {
            if (program.Hook == hook && program.Type != "nat")
            {
                entries.Add(new HookEntry(program.Priority, program, branch => RunChain(branch, program)));
            }
        }

        if (hook is NfHook.Prerouting or NfHook.Output)
        {
            entries.Add(new HookEntry(Conntrack, null, static branch => [branch with { Packet = ConnectionTracking.Track(branch.Packet) }]));
        }

        if (hook != NfHook.Forward)
        {
            int priority = NatBinding.ManipulationOf(hook) == NatManipulation.Destination ? NatDestination : NatSource;
            entries.Add(new HookEntry(priority, FirstToTranslate(), branch => _translation.Run(branch, hook)) { IsTranslation = true });
        }

        if (hook is NfHook.Input or NfHook.Output)
        {
            int priority = hook == NfHook.Input ? VirtualServerInput : VirtualServerOutput;
            entries.Add(new HookEntry(priority - 1, null, branch => [_virtualServers.Answer(branch, hook)]));
            entries.Add(new HookEntry(priority, null, branch => _virtualServers.Run(branch, hook)));
        }
        else if (hook == NfHook.Forward)
        {
            entries.Add(new HookEntry(VirtualServerForward, null, branch => [_virtualServers.Answer(branch, hook)]));
        }

        return entries;
    }

    // Address translation is registered, in all hooks at once, with the first nat chain of a family (nf_nat_register_fn()):
    // which one that is can be told only where all are in one table.
    private WalkProgram? FirstToTranslate()
    {
        List<WalkProgram> nat = [.. programs.Where(static program => program.Type == "nat")];
        return nat.Count > 0 && nat.TrueForAll(program => TiedRun.SameTable(program, nat[0]))
            ? nat.MinBy(static program => program.Registration)
            : null;
    }

    // Chains of type route, and mangle of iptables, look for another route when they changed what routing goes by
    // (nf_route_table_hook4(), ipt_mangle_out()).
    private List<WalkBranch> RunChain(WalkBranch branch, WalkProgram program)
    {
        List<WalkBranch> ways = new ChainRun(program, node, null, effort).Run(branch);
        if (program.Hook != NfHook.Output || !(program.Type == "route" || program is { IsLegacy: true, Table: "mangle" }))
        {
            return ways;
        }

        return [.. ways.SelectMany(way => way.End is null && (way.Packet.Mark != branch.Packet.Mark
            || way.Packet.Dscp != branch.Packet.Dscp || !way.Packet.Destination.Equals(branch.Packet.Destination)
            || !way.Packet.Source.Equals(branch.Packet.Source)) ? reroute(way) : [way])];
    }
}
