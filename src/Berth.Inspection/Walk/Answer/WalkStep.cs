using System.Net;
using Berth.NfTables;

namespace Berth.Inspection;

/// <summary>What kind of step it was.</summary>
public enum WalkStepKind
{
    /// <summary>A rule that did something.</summary>
    Rule = 1,

    /// <summary>A base chain's policy.</summary>
    Policy = 2,

    /// <summary>The packet is rewritten by connection tracking, as was decided.</summary>
    Rewriting = 3,

    /// <summary>Routing.</summary>
    Route = 4,

    /// <summary>IPVS.</summary>
    VirtualServer = 5,

    /// <summary>A bridge passes it on.</summary>
    Bridge = 6,
}

/// <summary>A step of a packet's way that did something.</summary>
/// <param name="Kind">What it was.</param>
/// <param name="Hook">In which hook; null between hooks.</param>
/// <param name="Effect">What it did, in words.</param>
public sealed record WalkStep(WalkStepKind Kind, NfHook? Hook, string Effect)
{
    /// <summary>The base chain's table, as its own tool names it: "ip berth", "iptables nat"; null for none.</summary>
    public string? Table { get; init; }

    /// <summary>The chain that the rule is in.</summary>
    public string? Chain { get; init; }

    /// <summary>The base chain's priority; null for none.</summary>
    public int? Priority { get; init; }

    /// <summary>The rule, as its own tool writes it.</summary>
    public string? Rule { get; init; }

    /// <summary>Whose it is, as far as it is known: "hostPort shop/web-1".</summary>
    public string? Owner { get; init; }

    /// <summary>The source afterwards.</summary>
    public required IPAddress Source { get; init; }

    /// <summary>The source port afterwards.</summary>
    public ushort SourcePort { get; init; }

    /// <summary>The destination afterwards.</summary>
    public required IPAddress Destination { get; init; }

    /// <summary>The destination port afterwards.</summary>
    public ushort DestinationPort { get; init; }

    /// <summary>The mark afterwards.</summary>
    public uint Mark { get; init; }
}
