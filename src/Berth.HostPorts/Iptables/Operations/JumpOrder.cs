using System.Net;
using Berth.HostPorts.Configuration;
using Berth.HostPorts.Nftables;

namespace Berth.HostPorts.Iptables;

/// <summary>
/// Where a container's jumps stand among others', for the first that matches has the port. Before those whose port is the
/// container's from now on: the newest wins. Behind those that have only a part of what the container is to have: one address
/// where it has any, or the traffic for which another network has conditions. Where nobody is concerned, last, as the reference
/// has it.
/// </summary>
internal sealed class JumpOrder
{
    private readonly Dictionary<string, List<IPAddress?>> _wanted;
    private readonly Dictionary<string, Meeting> _met = [];
    private readonly NatTable _table;
    private readonly ContainerRules _rules;
    private readonly bool _takes;
    private readonly LivingContainers _living;
    private List<ContainerJump>? _containers;

    private JumpOrder(NatTable table, ContainerRules rules, HostPortConfiguration configuration)
    {
        _table = table;
        _rules = rules;
        _takes = configuration.OnConflict == ConflictRule.Replace;
        _living = new LivingContainers(configuration.CacheDirectory, rules.Network);
        _wanted = ByPort(rules.Mappings);
    }

    /// <summary>The place of the first, counted from 1 among the jumps of others; 0 for last.</summary>
    internal int Place { get; private set; }

    /// <summary>The jumps of others that go to that place before them, in their order: nobody else's port changes by that.</summary>
    internal List<SavedRule> Moved { get; } = [];

    /// <summary>
    /// Says who should be met first and cannot be, for somebody else, whose port the container takes, is to be met before him;
    /// null when there is nobody.
    /// </summary>
    internal string? Hidden { get; private set; }

    /// <summary>Finds it.</summary>
    internal static JumpOrder Find(NatTable table, ContainerRules rules, HostPortConfiguration configuration)
    {
        JumpOrder order = new(table, rules, configuration);
        List<SavedRule> later = [];
        int place = 0;
        foreach (SavedRule jump in table.Rules(ChainNames.Dnat))
        {
            if (jump.Jump == rules.Chain)
            {
                continue;
            }

            place++;
            if (order.Place > 0 || order.Met(jump).IsLater)
            {
                order.Place = order.Place == 0 ? place : order.Place;
                later.Add(jump);
            }
        }

        order.Move(later);
        return order;
    }

    // All that is to be met first and is not, with whatever is met before it for reasons of its own.
    private void Move(List<SavedRule> later)
    {
        HashSet<string> ahead = [];
        foreach (SavedRule jump in later)
        {
            if (Met(jump) is not { IsFirst: true } met || ahead.Contains(jump.Jump!))
            {
                continue;
            }

            if (WithAllBefore(later, jump) is HashSet<string> chains)
            {
                ahead.UnionWith(chains);
            }
            else
            {
                Hidden ??= $"ports of {met.Container?.Holder ?? jump.Jump} are hidden: no order of the jumps leaves everybody what is his";
            }
        }

        foreach (SavedRule jump in later)
        {
            if (ahead.Contains(jump.Jump ?? ""))
            {
                Moved.Add(jump);
            }
        }
    }

    // A chain, and those that stand before it and would lose or give away something behind it; null when one is to be met later.
    private HashSet<string>? WithAllBefore(List<SavedRule> later, SavedRule first)
    {
        HashSet<string> chains = [first.Jump!];
        List<SavedRule> open = [first];
        while (open.Count > 0)
        {
            SavedRule next = open[^1];
            open.RemoveAt(open.Count - 1);
            Meeting met = Met(next);
            if (met.IsLater)
            {
                return null;
            }

            Dictionary<string, List<IPAddress?>> ports = ByPort(met.Mappings);
            int end = later.Count - 1;
            while (later[end].Jump != next.Jump)
            {
                end--;
            }

            for (int i = 0; i < end; i++)
            {
                if (later[i].Jump is string chain && !chains.Contains(chain) && Overlap(ports, Met(later[i]).Mappings))
                {
                    chains.Add(chain);
                    open.Add(later[i]);
                }
            }
        }

        return chains;
    }

    private static bool Overlap(Dictionary<string, List<IPAddress?>> ports, IReadOnlyList<MappingElement> mappings)
    {
        foreach (MappingElement mapping in mappings)
        {
            if (ports.TryGetValue(Key(mapping), out List<IPAddress?>? hosts)
                && (mapping.HostAddress is null || hosts.Contains(null) || hosts.Contains(mapping.HostAddress)))
            {
                return true;
            }
        }

        return false;
    }

    private Meeting Met(SavedRule jump)
    {
        string chain = jump.Jump ?? "";
        if (_met.TryGetValue(chain, out Meeting? known))
        {
            return known;
        }

        Meeting met = new(SavedMappings.Of(_table, chain));
        _met.Add(chain, met);
        bool isKnown = false;
        bool isApart = false;
        foreach (MappingElement held in met.Mappings)
        {
            if (!_wanted.TryGetValue(Key(held), out List<IPAddress?>? hosts))
            {
                continue;
            }

            bool isAtAddress = held.HostAddress is null || hosts.Contains(held.HostAddress);
            if (!isAtAddress && !hosts.Contains(null))
            {
                continue;
            }

            if (!isKnown)
            {
                isKnown = true;
                met.Container = Container(chain);
                isApart = met.Container is not null && JumpConditions.AreApart(met.Container, _rules);
            }

            // Of two networks with conditions, where both hold, the one that is there already.
            bool isFirst = isApart ? met.Container!.HasConditions : !isAtAddress;
            isFirst = isFirst && !(_takes && _living.IsGone(met.Container?.Container, met.Container?.Network));
            met.IsFirst |= isFirst;
            met.IsLater |= !isFirst;
        }

        return met;
    }

    private ContainerJump? Container(string chain)
    {
        foreach (ContainerJump jump in _containers ??= ContainerJump.All(_table))
        {
            if (jump.Chain == chain)
            {
                return jump;
            }
        }

        return null;
    }

    private static Dictionary<string, List<IPAddress?>> ByPort(IReadOnlyList<MappingElement> mappings)
    {
        Dictionary<string, List<IPAddress?>> ports = [];
        foreach (MappingElement mapping in mappings)
        {
            string key = Key(mapping);
            if (!ports.TryGetValue(key, out List<IPAddress?>? hosts))
            {
                ports.Add(key, hosts = []);
            }

            hosts.Add(mapping.HostAddress);
        }

        return ports;
    }

    private static string Key(MappingElement mapping) => $"{mapping.Protocol} {mapping.HostPort}";

    // Whether a chain's jumps are to be met before the container's, and whether behind: of several ports each may be.
    private sealed class Meeting(IReadOnlyList<MappingElement> mappings)
    {
        internal IReadOnlyList<MappingElement> Mappings => mappings;

        internal ContainerJump? Container { get; set; }

        internal bool IsFirst { get; set; }

        internal bool IsLater { get; set; }
    }
}
