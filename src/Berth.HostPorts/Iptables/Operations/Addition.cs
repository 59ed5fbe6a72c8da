using Berth.HostPorts.Configuration;

namespace Berth.HostPorts.Iptables;

/// <summary>Makes a container's chain in one family what it should be, whatever the table holds.</summary>
internal sealed class Addition
{
    private Addition(RestoreInput input, RestoreInput undo, string? hidden)
    {
        Input = input;
        Undo = undo;
        Hidden = hidden;
    }

    /// <summary>The input that does it.</summary>
    internal RestoreInput Input { get; }

    /// <summary>The input that takes it back, together with what it made that others may use.</summary>
    internal RestoreInput Undo { get; }

    /// <summary>Says who loses what he should keep, see <see cref="JumpOrder.Hidden"/>; null for nobody.</summary>
    internal string? Hidden { get; }

    internal static Addition Make(NatTable table, ContainerRules rules, HostPortConfiguration configuration)
    {
        RestoreInput input = new();
        List<string> chains = SharedRules.Chains(configuration).FindAll(chain => !table.Has(chain));
        chains.ForEach(input.Make);
        List<RuleSpec> shared = SharedRules.Rules(configuration).FindAll(rule => !table.Has(rule));
        shared.ForEach(input.Add);
        JumpOrder order = JumpOrder.Find(table, rules, configuration);
        if (order.Place == 0 && IsThere(table, rules))
        {
            return new Addition(input, Reversal.MakeShared(chains, shared), null);
        }

        Write(input, table, rules, order);
        return new Addition(input, Reversal.Make(table, rules, order.Moved, chains, shared), order.Hidden);
    }

    private static bool IsThere(NatTable table, ContainerRules rules) =>
        Same(table.Jumps(ChainNames.Dnat, rules.Chain), rules.Jumps) && Same(table.Rules(rules.Chain), rules.Rules);

    private static bool Same(IReadOnlyList<SavedRule> saved, IReadOnlyList<RuleSpec> wanted)
    {
        for (int i = 0; i < Math.Min(saved.Count, wanted.Count); i++)
        {
            if (!saved[i].Says(wanted[i].Arguments))
            {
                return false;
            }
        }

        return saved.Count == wanted.Count;
    }

    private static void Write(RestoreInput input, NatTable table, ContainerRules rules, JumpOrder order)
    {
        input.MakeEmpty(rules.Chain);
        foreach (SavedRule jump in table.Jumps(ChainNames.Dnat, rules.Chain))
        {
            input.Delete(ChainNames.Dnat, jump);
        }

        order.Moved.ForEach(jump => input.Delete(ChainNames.Dnat, jump));
        int place = order.Place;
        foreach (SavedRule jump in order.Moved)
        {
            input.Insert(ChainNames.Dnat, jump, place++);
        }

        foreach (RuleSpec jump in rules.Jumps)
        {
            if (place > 0)
            {
                input.Insert(jump, place++);
            }
            else
            {
                input.Add(jump);
            }
        }

        foreach (RuleSpec rule in rules.Rules)
        {
            input.Add(rule);
        }
    }
}
