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
        List<string> chains = [.. SharedRules.Chains(configuration).Where(chain => !table.Has(chain))];
        chains.ForEach(input.Make);
        List<RuleSpec> shared =
            [.. SharedRules.Rules(configuration).Where(rule => !table.Rules(rule.Chain).Any(saved => saved.Says(rule.Arguments)))];
        shared.ForEach(input.Add);
        input.MakeEmpty(rules.Chain);
        foreach ((string chain, SavedRule jump) in table.JumpsTo(rules.Chain))
        {
            input.Delete(chain, jump);
        }

        int place = Place(table, rules);
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

        return new Addition(input, MakeUndo(rules, chains, shared));
    }

    private static RestoreInput MakeUndo(ContainerRules rules, List<string> chains, List<RuleSpec> shared)
    {
        RestoreInput undo = new();
        undo.MakeEmpty(rules.Chain);
        foreach (RuleSpec rule in rules.Jumps.Concat(shared))
        {
            undo.Delete(rule);
        }

        undo.Remove(rules.Chain);
        chains.ForEach(undo.Remove);
        return undo;
    }

    // Last, as the reference has it, unless another container's mapping would then take what ours is for: the newest wins.
    private static int Place(NatTable table, ContainerRules rules)
    {
        HashSet<(byte Protocol, ushort Port)> ports = [];
        HashSet<(string? Host, byte Protocol, ushort Port)> keys = [];
        foreach (MappingElement mapping in rules.Mappings)
        {
            ports.Add((mapping.Protocol, mapping.HostPort));
            keys.Add((mapping.HostAddress?.ToString(), mapping.Protocol, mapping.HostPort));
        }

        Dictionary<string, bool> covers = [];
        int place = 0;
        foreach (SavedRule jump in table.Rules(ChainNames.Dnat))
        {
            string chain = jump.Jump ?? "";
            if (chain == rules.Chain)
            {
                continue;
            }

            place++;
            if (!covers.TryGetValue(chain, out bool isCovering))
            {
                isCovering = Covers(chain);
                covers.Add(chain, isCovering);
            }

            if (isCovering)
            {
                return place;
            }
        }

        return 0;

        bool Covers(string chain) => SavedMappings.Of(table, chain).Any(mapping =>
            mapping.HostAddress is null
                ? ports.Contains((mapping.Protocol, mapping.HostPort))
                : keys.Contains((mapping.HostAddress.ToString(), mapping.Protocol, mapping.HostPort)));
    }
}
