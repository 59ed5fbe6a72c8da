using System.Net;
using System.Net.Sockets;
using Berth.Netlink.Route;

namespace Berth.Inspection;

/// <summary>The node's policy rules and routes, and what they decide.</summary>
internal sealed class RoutingTables
{
    private const uint Main = 254;
    private const uint Local = 255;

    private readonly WalkNode _node;
    private readonly Dictionary<(AddressFamily, uint), List<RouteEntry>> _tables = [];
    private readonly Dictionary<AddressFamily, IReadOnlyList<PolicyRule>> _rules = [];
    private readonly Dictionary<(IPAddress, int), RouteType> _types = [];

    internal RoutingTables(WalkNode node)
    {
        _node = node;
        foreach (RouteEntry route in node.Snapshot.Routes.Value ?? [])
        {
            AddressFamily family = FamilyOf(route);
            if (!_tables.TryGetValue((family, route.Table), out List<RouteEntry>? table))
            {
                _tables.Add((family, route.Table), table = []);
            }

            table.Add(route);
        }
    }

    /// <summary>
    /// The type of an address (inet_addr_type()): unicast where nothing says more. With a link, only what that link has
    /// is local (addrtype's --limit-iface-in and -out, fib's iif and oif).
    /// </summary>
    internal RouteType TypeOf(IPAddress address, Link? link)
    {
        // Thousands of rules ask it of the same address.
        if (!_types.TryGetValue((address, link?.Index ?? 0), out RouteType type))
        {
            type = FindType(address, link);
            _types.Add((address, link?.Index ?? 0), type);
        }

        return type;
    }

    /// <summary>The link that an address of this node is of; null when it is none of its.</summary>
    internal int? LinkOf(IPAddress address) =>
        Best(Table(address.AddressFamily, Local), address, null) is { Type: RouteType.Local } route ? route.OutputInterface : null;

    private RouteType FindType(IPAddress address, Link? link)
    {
        if (address.AddressFamily == AddressFamily.InterNetwork)
        {
            byte first = address.GetAddressBytes()[0];
            if (first == 0 || address.Equals(IPAddress.Broadcast))
            {
                return RouteType.Broadcast; // ipv4_is_zeronet() and lbcast
            }

            if (first is >= 224 and < 240)
            {
                return RouteType.Multicast;
            }
        }
        else if (address.IsIPv6Multicast)
        {
            return RouteType.Multicast;
        }

        RouteEntry? route = Best(Table(address.AddressFamily, Local), address, null);
        return route is not null && (link is null || route.OutputInterface == link.Index) ? route.Type : RouteType.Unicast;
    }

    /// <summary>
    /// Goes through policy rules and tables (fib_rules_lookup()). One decision, unless a route has several ways or a rule
    /// selects by what is not known.
    /// </summary>
    internal IReadOnlyList<RouteDecision> Decide(RouteQuestion question)
    {
        AddressFamily family = question.Destination.AddressFamily;
        List<RouteDecision> decisions = [];
        uint? from = null;
        foreach (PolicyRule rule in RulesOf(family))
        {
            if (from is uint target && rule.Priority < target)
            {
                continue;
            }

            from = null;
            Certainty selected = PolicySelection.Selects(rule, question);
            if (selected == Certainty.No)
            {
                continue;
            }

            if (rule.Action == PolicySelection.ActionGoTo)
            {
                from = rule.GoTo;
                continue;
            }

            IReadOnlyList<RouteDecision> outcome = Apply(rule, question);
            if (outcome.Count == 0)
            {
                continue;
            }

            if (selected == Certainty.Yes)
            {
                decisions.AddRange(outcome);
                return decisions;
            }

            WalkAssumption assumption = new($"the policy rule of priority {rule.Priority} selects by what is not known here", true);
            decisions.AddRange(outcome.Select(decision => decision with { Assumption = assumption }));
        }

        decisions.Add(RouteDecision.None);
        return decisions;
    }

    /// <summary>The decision, the first one where there are several.</summary>
    internal RouteDecision DecideOne(RouteQuestion question) => Decide(question)[0];

    /// <summary>Whether one of the ways of a decision is by a link.</summary>
    internal static bool HasWayBy(RouteDecision decision, int link) =>
        decision.Output == link || (decision.Entry?.Multipath.Any(hop => hop.OutputInterface == link) ?? false);

    private IReadOnlyList<RouteDecision> Apply(PolicyRule rule, RouteQuestion question)
    {
        switch (rule.Action)
        {
            case PolicySelection.ActionBlackhole:
                return [new RouteDecision(RouteType.Blackhole, rule.Table)];
            case PolicySelection.ActionUnreachable:
                return [new RouteDecision(RouteType.Unreachable, rule.Table)];
            case PolicySelection.ActionProhibit:
                return [new RouteDecision(RouteType.Prohibit, rule.Table)];
            case PolicySelection.ActionTable:
                break;
            default:
                return [];
        }

        int? output = _node.Link(question.Output)?.Index;
        RouteEntry? route = Best(Table(question.Destination.AddressFamily, rule.Table), question.Destination, output);
        if (route is null || route.Type == RouteType.Throw
            || (rule.SuppressPrefixLength is int suppressed && route.PrefixLength <= suppressed))
        {
            return [];
        }

        RouteDecision decision = new(route.Type, route.Table) { Entry = route, PreferredSource = route.PreferredSource };
        if (route.Multipath.Count == 0)
        {
            return [decision with { Output = route.OutputInterface, Gateway = route.Gateway }];
        }

        // The kernel takes away routes by a link that goes down, but not one way of several.
        List<NextHop> hops = [.. route.Multipath.Where(hop => IsUsable(hop.OutputInterface))];
        return [.. hops.Select(hop => decision with
        {
            Output = hop.OutputInterface,
            Gateway = hop.Gateway,
            Share = 1.0 / hops.Count,
        })];
    }

    // Without rules, as in a file of a node where they could not be read: as the kernel begins.
    private IReadOnlyList<PolicyRule> RulesOf(AddressFamily family)
    {
        if (_rules.TryGetValue(family, out IReadOnlyList<PolicyRule>? known))
        {
            return known;
        }

        byte number = family == AddressFamily.InterNetwork ? (byte)2 : (byte)10;
        List<PolicyRule> rules = [.. (_node.Snapshot.Rules.Value ?? []).Where(rule => rule.Family == number)];
        known = rules.Count == 0
            ? [new PolicyRule(0, number, 1, Local), new PolicyRule(32766, number, 1, Main)]
            : [.. rules.OrderBy(static rule => rule.Priority)];
        _rules.Add(family, known);
        return known;
    }

    private bool IsUsable(int index) => _node.Link(index) is not { } link || link.IsUp;

    private List<RouteEntry> Table(AddressFamily family, uint table) => _tables.GetValueOrDefault((family, table)) ?? [];

    // The longest prefix, then the smallest metric.
    private static RouteEntry? Best(List<RouteEntry> table, IPAddress address, int? output)
    {
        RouteEntry? best = null;
        foreach (RouteEntry route in table)
        {
            if ((best is null || route.PrefixLength > best.PrefixLength
                    || (route.PrefixLength == best.PrefixLength && route.Priority < best.Priority))
                && (route.Destination is null || Covers(route.Destination, route.PrefixLength, address))
                && (output is null || route.OutputInterface == output))
            {
                best = route;
            }
        }

        return best;
    }

    private static bool Covers(IPAddress network, int prefixLength, IPAddress address)
    {
        if (network.AddressFamily != address.AddressFamily)
        {
            return false;
        }

        Span<byte> one = stackalloc byte[16];
        Span<byte> other = stackalloc byte[16];
        network.TryWriteBytes(one, out _);
        address.TryWriteBytes(other, out _);
        int whole = prefixLength / 8;
        int rest = prefixLength % 8;
        return one[..whole].SequenceEqual(other[..whole])
            && (rest == 0 || ((one[whole] ^ other[whole]) >> (8 - rest)) == 0);
    }

    private static AddressFamily FamilyOf(RouteEntry route) => route.Family switch
    {
        2 => AddressFamily.InterNetwork,
        10 => AddressFamily.InterNetworkV6,
        // A file of an earlier version of Berth: of a default route its router or its source tells.
        _ => (route.Destination ?? route.Gateway ?? route.PreferredSource)?.AddressFamily ?? AddressFamily.InterNetwork,
    };
}
