using System.Net;
using Berth.Netlink.Route;

namespace Berth.Inspection;

/// <summary>What routing decided about a packet.</summary>
/// <param name="Type">What becomes of it.</param>
/// <param name="Table">The table that says so; 0 when none does.</param>
internal sealed record RouteDecision(RouteType Type, uint Table)
{
    /// <summary>The link that it leaves by; of a local one the link that the address is of.</summary>
    internal int? Output { get; init; }

    /// <summary>The router; null when the destination is directly connected.</summary>
    internal IPAddress? Gateway { get; init; }

    /// <summary>The source of the node's own packets that have none yet.</summary>
    internal IPAddress? PreferredSource { get; init; }

    /// <summary>The route that was taken; null when a rule decided, or nothing did.</summary>
    internal RouteEntry? Entry { get; init; }

    /// <summary>RT_SCOPE_* of the route.</summary>
    internal byte Scope => Entry?.Scope ?? 0;

    /// <summary>The share of packets that go this way, of a route with several.</summary>
    internal double Share { get; init; } = 1;

    /// <summary>Of a group whether it goes on: somebody here joined it, or it is the node itself that sends.</summary>
    internal bool IsJoined { get; init; }

    /// <summary>Of what could not be decided what must hold for this to be the decision.</summary>
    internal WalkAssumption? Assumption { get; init; }

    /// <summary>No table has a route.</summary>
    internal static RouteDecision None { get; } = new(RouteType.Unreachable, 0);

    /// <summary>Whether there is a route at all.</summary>
    internal bool IsFound => Entry is not null || Table != 0;
}

/// <summary>What routing is asked (struct flowi4 and flowi6).</summary>
/// <param name="Destination">Where to.</param>
internal sealed record RouteQuestion(IPAddress Destination)
{
    /// <summary>From where; null when not chosen yet.</summary>
    internal IPAddress? Source { get; init; }

    /// <summary>The link that it came in by; "lo" for the node's own.</summary>
    internal string Input { get; init; } = "lo";

    /// <summary>The link that it must leave by, of a socket that is bound to one; null for any.</summary>
    internal string? Output { get; init; }

    internal uint Mark { get; init; }

    internal byte? Protocol { get; init; }

    internal ushort SourcePort { get; init; }

    internal ushort DestinationPort { get; init; }
}
