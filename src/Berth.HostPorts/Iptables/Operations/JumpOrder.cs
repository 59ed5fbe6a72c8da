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
    private readonly Dictionary<string, List<IPAddress?>> _wanted = [];
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
        _living = new LivingContainers(configuration.CacheDirectory);
        foreach (MappingElement mapping in rules.Mappings)
        {
            string key = Key(mapping);
            if (!_wanted.TryGetValue(key, out List<IPAddress?>? hosts))
            {
                _wanted.Add(key, hosts = []);
            }

            hosts.Add(mapping.HostAddress);
        }
    }

    /// <summary>The place of the first, counted from 1 among the jumps of others; 0 for last.</summary>
    internal int Place { get; private set; }

    /// <summary>The jumps of others that go to that place before them, in their order: nobody else's port changes by that.</summary>
    internal List<SavedRule> Moved { get; } = [];

    /// <summary>
    /// Who should be met first and cannot be, for somebody else, whose port the container takes, is to be met before him; null
    /// when there is nobody.
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
            if (Met(jump).IsFirst && ahead.Add(jump.Jump!))
            {
                Hidden ??= Container(jump.Jump!)?.Holder;
            }
        }

        int known;
        do
        {
            known = ahead.Count;
            for (int i = later.Count - 1; i > 0; i--)
            {
                for (int before = 0; before < i && ahead.Contains(later[i].Jump ?? ""); before++)
                {
                    if (later[before].Jump is string chain && Overlap(chain, later[i].Jump!))
                    {
                        ahead.Add(chain);
                    }
                }
            }
        }
        while (known < ahead.Count);

        foreach (SavedRule jump in later)
        {
            if (!ahead.Contains(jump.Jump ?? ""))
            {
                continue;
            }

            if (Met(jump).IsLater)
            {
                Moved.Clear();
                return;
            }

            Moved.Add(jump);
        }

        Hidden = null;
    }

    private bool Overlap(string some, string other)
    {
        foreach (MappingElement mapping in SavedMappings.Of(_table, some))
        {
            foreach (MappingElement met in SavedMappings.Of(_table, other))
            {
                if (mapping.Claim.Over(met.Claim, isConditional: false) != ClaimOverlap.None)
                {
                    return true;
                }
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

        Meeting met = new();
        foreach (MappingElement mapping in SavedMappings.Of(_table, chain))
        {
            if (_wanted.TryGetValue(Key(mapping), out List<IPAddress?>? hosts))
            {
                Meet(met, chain, mapping, hosts);
            }
        }

        _met.Add(chain, met);
        return met;
    }

    private void Meet(Meeting met, string chain, MappingElement held, List<IPAddress?> hosts)
    {
        bool isAtAddress = held.HostAddress is null || hosts.Contains(held.HostAddress);
        if (!isAtAddress && !hosts.Contains(null))
        {
            return;
        }

        ContainerJump? container = Container(chain);
        bool isFirst = !isAtAddress && !(_takes && _living.IsGone(container?.Container));
        if (container is not null && JumpConditions.AreApart(container, _rules))
        {
            isFirst = JumpConditions.Of(container.Rule.Arguments).Count > 0;
            if (isFirst == _rules.HasConditions)
            {
                return;
            }
        }

        met.IsFirst |= isFirst;
        met.IsLater |= !isFirst;
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

    private static string Key(MappingElement mapping) => $"{mapping.Protocol} {mapping.HostPort}";

    // Whether a chain's jumps are to be met before the container's, and whether behind: of several ports each may be.
    private sealed class Meeting
    {
        internal bool IsFirst { get; set; }

        internal bool IsLater { get; set; }
    }
}
