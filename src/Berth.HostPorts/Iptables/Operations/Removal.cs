using Berth.HostPorts.Nftables;

namespace Berth.HostPorts.Iptables;

/// <summary>Removes containers' chains, and every jump to them.</summary>
internal static class Removal
{
    /// <summary>The same, which also gives the mappings that go.</summary>
    internal static RestoreInput Make(NatTable table, IReadOnlyCollection<string> chains, List<MappingElement> removed)
    {
        foreach (string chain in chains)
        {
            removed.AddRange(SavedMappings.Of(table, chain));
        }

        return Make(table, chains);
    }

    /// <summary>The input that does it; empty when there is none of them.</summary>
    internal static RestoreInput Make(NatTable table, IReadOnlyCollection<string> chains)
    {
        RestoreInput input = new();
        HashSet<string> targets = [];
        foreach (string chain in chains)
        {
            if (table.Has(chain) && targets.Add(chain))
            {
                // First: what it holds may be a jump to another of them.
                input.MakeEmpty(chain);
            }
        }

        if (targets.Count == 0)
        {
            return input;
        }

        foreach ((string chain, List<SavedRule> rules) in table.Chains)
        {
            if (targets.Contains(chain))
            {
                continue;
            }

            foreach (SavedRule rule in rules)
            {
                if (rule.Jump is string target && targets.Contains(target))
                {
                    input.Delete(chain, rule);
                }
            }
        }

        foreach (string chain in targets)
        {
            input.Remove(chain);
        }

        return input;
    }
}
