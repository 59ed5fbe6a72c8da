using System.Collections.Immutable;

namespace Berth.Inspection;

/// <summary>One of the ways that a packet may have taken so far.</summary>
/// <param name="Packet">The packet as it is now.</param>
internal sealed record WalkBranch(WalkPacket Packet)
{
    /// <summary>What happened to it.</summary>
    internal ImmutableList<WalkStep> Steps { get; init; } = [];

    /// <summary>What was taken for granted.</summary>
    internal ImmutableList<WalkAssumption> Assumptions { get; init; } = [];

    /// <summary>How likely it is, given the assumptions.</summary>
    internal double Probability { get; init; } = 1;

    /// <summary>The route that it has; null before routing.</summary>
    internal RouteDecision? Route { get; init; }

    /// <summary>The server that IPVS chose, on another machine or in a pod; null for none.</summary>
    internal IpvsServer? VirtualServer { get; init; }

    /// <summary>Who rewrote its destination; null for nobody.</summary>
    internal Rewriter? Rewriter { get; init; }

    /// <summary>Where it ended; null while it is on its way.</summary>
    internal WalkEnd? End { get; init; }

    /// <summary>Whether the rest of the way is the same as another's.</summary>
    internal bool IsAsFarAs(WalkBranch other) =>
        Packet == other.Packet && End == other.End && Equals(Rewriter?.Key, other.Rewriter?.Key) && VirtualServer == other.VirtualServer
        && (Route is null ? other.Route is null : other.Route is not null && Route.Output == other.Route.Output
            && Route.Type == other.Route.Type && Equals(Route.Gateway, other.Route.Gateway));

    internal WalkBranch With(WalkStep step) => this with { Steps = Steps.Add(step) };

    /// <summary>The same under an assumption; null when it contradicts one that was made before.</summary>
    internal WalkBranch? Assuming(WalkAssumption? assumption)
    {
        if (assumption is null || Assumptions.Contains(assumption))
        {
            return this;
        }

        return Assumptions.Contains(assumption with { Holds = !assumption.Holds })
            ? null
            : this with { Assumptions = Assumptions.Add(assumption) };
    }

    /// <summary>Ends it.</summary>
    internal WalkBranch Ended(WalkOutcome outcome, string text) => this with
    {
        End = new WalkEnd(outcome, text) { Source = Packet.Source, SourcePort = Packet.SourcePort },
    };

    /// <summary>A step that the packet has taken, as it is now.</summary>
    internal WalkStep Step(WalkStepKind kind, string effect, Berth.NfTables.NfHook? hook = null) => new(kind, hook, effect)
    {
        Source = Packet.Source,
        SourcePort = Packet.SourcePort,
        Destination = Packet.Destination,
        DestinationPort = Packet.DestinationPort,
        Mark = Packet.Mark,
    };
}

/// <summary>Who rewrote a packet's destination.</summary>
/// <param name="Key">What tells one from another.</param>
/// <param name="Name">In words: "Service db/mysql-a:mysql".</param>
/// <param name="Identity">Whose it is.</param>
internal sealed record Rewriter(string Key, string Name, MappingIdentity Identity);
