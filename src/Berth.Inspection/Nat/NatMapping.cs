using System.Net;
using Berth.Netlink.Route;
using Berth.NfTables;

namespace Berth.Inspection;

/// <summary>Where packets' destination is rewritten: what a path through the nat chains selects, and to what it leads.</summary>
public sealed record NatMapping
{
    /// <summary>Whether the rules are of iptables-legacy; else they are of nf_tables, iptables' nft flavour included.</summary>
    public bool IsLegacy { get; init; }

    /// <summary>The table, as its own tool names it: "ip berth", "ip nat".</summary>
    public required string Table { get; init; }

    /// <summary>The hook: prerouting for what comes in, output for what the node itself sends.</summary>
    public required NfHook Hook { get; init; }

    /// <summary>The base chain's priority: the first to rewrite a connection wins.</summary>
    public required int Priority { get; init; }

    /// <summary>The place among the mappings of its base chain, from 0: the earlier wins.</summary>
    public required int Order { get; init; }

    /// <summary>The chains and maps on the way, the base chain first; maps begin with "@".</summary>
    public required IReadOnlyList<string> Path { get; init; }

    /// <summary>Comments of the rules and elements on the way.</summary>
    public required IReadOnlyList<string> Comments { get; init; }

    /// <summary>Which packets.</summary>
    public required Selection Selection { get; init; }

    /// <summary>Which of them not.</summary>
    public required IReadOnlyList<Selection> Exclusions { get; init; }

    /// <summary>Whether there are conditions besides: sources, interfaces, marks and the like.</summary>
    public bool IsConditional { get; init; }

    /// <summary>The new address; null when it stays.</summary>
    public IPAddress? Address { get; init; }

    /// <summary>The new port or ports; null when they stay.</summary>
    public PortInterval? Ports { get; init; }

    /// <summary>Whether it leads to the node itself (REDIRECT).</summary>
    public bool IsRedirect { get; init; }

    /// <summary>The base chain: what runs as one.</summary>
    internal (bool, string, string) BaseChain => (IsLegacy, Table, Path[0]);
}
