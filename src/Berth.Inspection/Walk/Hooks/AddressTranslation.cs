using Berth.NfTables;

namespace Berth.Inspection;

/// <summary>Address translation at a hook: all nat chains run as one, for the first packet of a connection.</summary>
/// <param name="node">The node.</param>
/// <param name="programs">All base chains of the packet's family.</param>
/// <param name="binding">What carries out rewriting.</param>
/// <param name="reroute">Gives a packet of the node's own another route, when its destination changed.</param>
/// <param name="effort">How much is followed.</param>
internal sealed class AddressTranslation(
    WalkNode node, IReadOnlyList<WalkProgram> programs, NatBinding binding, Func<WalkBranch, IReadOnlyList<WalkBranch>> reroute,
    WalkEffort effort)
{
    /// <summary>All ways out of the nat chains of a hook, and rewritten.</summary>
    internal List<WalkBranch> Run(WalkBranch branch, NfHook hook)
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
        List<HookEntry> chains = [];
        foreach (WalkProgram program in programs)
        {
            if (program.Hook == hook && program.Type == "nat")
            {
                chains.Add(new HookEntry(program.Priority, program, way => NatBinding.IsSettled(way.Packet, manipulation)
                    ? [way]
                    : new ChainRun(program, node, binding, effort).Run(way)));
            }
        }

        List<WalkBranch> branches = [branch];
        foreach (List<HookEntry> group in HookEntry.ByPriority(chains))
        {
            List<WalkBranch> next = [];
            foreach (WalkBranch way in branches)
            {
                next.AddRange(way.End is null && !NatBinding.IsSettled(way.Packet, manipulation) ? TiedRun.Of(way, group) : [way]);
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
}
