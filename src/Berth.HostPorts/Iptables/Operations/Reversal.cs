namespace Berth.HostPorts.Iptables;

/// <summary>
/// Takes an addition back: the container has again what it had before, which is nothing only when it was new. The jumps
/// stand where they stood, for their place decides who has a port.
/// </summary>
internal static class Reversal
{
    /// <summary>The input that does it right behind the addition.</summary>
    /// <param name="before">The table as it was.</param>
    /// <param name="rules">What was made.</param>
    /// <param name="moved">The jumps of others that were moved.</param>
    /// <param name="chains">Chains that all share, and that were made.</param>
    /// <param name="shared">Rules that all share, and that were made.</param>
    internal static RestoreInput Make(
        NatTable before, ContainerRules rules, List<SavedRule> moved, List<string> chains, List<RuleSpec> shared)
    {
        RestoreInput input = new();
        input.MakeEmpty(rules.Chain);
        foreach (RuleSpec jump in rules.Jumps)
        {
            input.Delete(jump);
        }

        moved.ForEach(jump => input.Delete(ChainNames.Dnat, jump));
        PutBack(input, before, rules.Chain, moved, int.MaxValue);
        Share(input, chains, shared);
        return input;
    }

    /// <summary>The input for what all share alone, where the container's own rules were left as they are.</summary>
    internal static RestoreInput MakeShared(List<string> chains, List<RuleSpec> shared)
    {
        RestoreInput input = new();
        Share(input, chains, shared);
        return input;
    }

    /// <summary>The input that does it whatever has happened since; what all share stays, for others may use it by now.</summary>
    /// <param name="before">The table as it was.</param>
    /// <param name="now">The table as it is.</param>
    /// <param name="chain">The container's chain.</param>
    internal static RestoreInput Make(NatTable before, NatTable now, string chain)
    {
        RestoreInput input = new();
        List<SavedRule> jumps = now.Jumps(ChainNames.Dnat, chain);
        if (before.Has(chain) == now.Has(chain) && Same(before.Rules(chain), now.Rules(chain))
            && Same(before.Jumps(ChainNames.Dnat, chain), jumps))
        {
            return input;
        }

        input.MakeEmpty(chain);
        jumps.ForEach(jump => input.Delete(ChainNames.Dnat, jump));
        PutBack(input, before, chain, [], now.Rules(ChainNames.Dnat).Count - jumps.Count);
        return input;
    }

    // Its jumps are gone by then, and others' are as many as before, or at least so many.
    private static void PutBack(RestoreInput input, NatTable before, string chain, List<SavedRule> moved, int others)
    {
        IReadOnlyList<SavedRule> all = before.Rules(ChainNames.Dnat);
        int othersBefore = all.Count - moved.Count - before.Jumps(ChainNames.Dnat, chain).Count;
        int passed = 0;
        for (int i = 0; i < all.Count; i++)
        {
            if (all[i].Jump != chain && !moved.Contains(all[i]))
            {
                passed++;
            }
            else if (passed == othersBefore || passed >= others)
            {
                input.Add(ChainNames.Dnat, all[i]);
            }
            else
            {
                input.Insert(ChainNames.Dnat, all[i], i + 1);
            }
        }

        foreach (SavedRule rule in before.Rules(chain))
        {
            input.Add(chain, rule);
        }

        if (!before.Has(chain))
        {
            input.Remove(chain);
        }
    }

    private static void Share(RestoreInput input, List<string> chains, List<RuleSpec> shared)
    {
        shared.ForEach(input.Delete);
        chains.ForEach(input.Remove);
    }

    private static bool Same(IReadOnlyList<SavedRule> some, IReadOnlyList<SavedRule> others)
    {
        for (int i = 0; i < Math.Min(some.Count, others.Count); i++)
        {
            if (some[i].Text != others[i].Text)
            {
                return false;
            }
        }

        return some.Count == others.Count;
    }
}
