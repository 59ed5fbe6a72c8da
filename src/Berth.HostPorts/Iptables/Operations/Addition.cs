using System.Net;
using Berth.HostPorts.Configuration;
using Berth.HostPorts.Nftables;

namespace Berth.HostPorts.Iptables;

/// <summary>Makes a container's chain in one family what it should be, whatever the table holds.</summary>
internal sealed class Addition
{
    private Addition(RestoreInput input, RestoreInput undo)
    {
        Input = input;
        Undo = undo;
    }

    /// <summary>The input that does it.</summary>
    internal RestoreInput Input { get; }

    /// <summary>The input that takes it back, together with what it made that others may use.</summary>
    internal RestoreInput Undo { get; }

    internal static Addition Make(NatTable table, ContainerRules rules, HostPortConfiguration configuration)
    {
        RestoreInput input = new();
        List<string> chains = SharedRules.Chains(configuration).FindAll(chain => !table.Has(chain));
        chains.ForEach(input.Make);
        List<RuleSpec> shared = SharedRules.Rules(configuration).FindAll(rule => !table.Has(rule));
        shared.ForEach(input.Add);
        int place = Place(table, rules);
        if (place <= 0 && IsThere(table, rules))
        {
            return new Addition(input, Reversal.MakeShared(chains, shared));
        }

        Write(input, table, rules, place);
        return new Addition(input, Reversal.Make(table, rules, chains, shared));
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

    private static void Write(RestoreInput input, NatTable table, ContainerRules rules, int place)
    {
        input.MakeEmpty(rules.Chain);
        foreach (SavedRule jump in table.Jumps(ChainNames.Dnat, rules.Chain))
        {
            input.Delete(ChainNames.Dnat, jump);
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

    // Last, as the reference has it, unless another container's mapping would then take what ours is for: the newest wins.
    private static int Place(NatTable table, ContainerRules rules)
    {
        HashSet<string> keys = [];
        foreach (MappingElement mapping in rules.Mappings)
        {
            keys.Add(Key(mapping, mapping.HostAddress));
            keys.Add(Key(mapping, null));
        }

        HashSet<string> checkedChains = [];
        int place = 0;
        foreach (SavedRule jump in table.Rules(ChainNames.Dnat))
        {
            string chain = jump.Jump ?? "";
            if (chain == rules.Chain)
            {
                continue;
            }

            place++;
            // One of any address covers all of ours for the port; one of an address, only ours of the same.
            if (checkedChains.Add(chain)
                && SavedMappings.Of(table, chain).Exists(mapping => keys.Contains(Key(mapping, mapping.HostAddress))))
            {
                return place;
            }
        }

        return 0;
    }

    private static string Key(MappingElement mapping, IPAddress? host) => $"{host} {mapping.Protocol} {mapping.HostPort}";
}
