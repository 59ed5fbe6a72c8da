using System.Net;
using Berth.Netlink.Route;

namespace Berth.Inspection;

/// <summary>What became of a packet.</summary>
public enum WalkOutcome
{
    /// <summary>It arrived at what answers, or left the node for it.</summary>
    Delivered = 1,

    /// <summary>It was dropped in silence.</summary>
    Dropped = 2,

    /// <summary>It was dropped, and its sender was told.</summary>
    Rejected = 3,

    /// <summary>A program decides: a queue.</summary>
    Undecided = 4,
}

/// <summary>What a packet arrived at.</summary>
public enum WalkEndpointKind
{
    /// <summary>Nothing: it did not arrive.</summary>
    None = 0,

    /// <summary>A socket of the node.</summary>
    Socket = 1,

    /// <summary>A pod that a runtime attached here.</summary>
    Pod = 2,

    /// <summary>An address behind a link of the node, of nobody who is known here.</summary>
    Neighbour = 3,

    /// <summary>Another host, by a router or the node's own network.</summary>
    Host = 4,

    /// <summary>The kernel of the node itself: it answers a ping.</summary>
    Kernel = 5,
}

/// <summary>Where a packet's way ends.</summary>
/// <param name="Outcome">What became of it.</param>
/// <param name="Text">In words: "dropped by ip filter INPUT: policy drop", "hostPort pod shop/web-1 at 10.1.0.2:80".</param>
public sealed record WalkEnd(WalkOutcome Outcome, string Text)
{
    /// <summary>What it arrived at.</summary>
    public WalkEndpointKind Kind { get; init; }

    /// <summary>The address that it arrived at; null when it did not.</summary>
    public IPAddress? Address { get; init; }

    /// <summary>The port there.</summary>
    public ushort Port { get; init; }

    /// <summary>The source that it arrived with.</summary>
    public IPAddress? Source { get; init; }

    /// <summary>The source port that it arrived with.</summary>
    public ushort SourcePort { get; init; }

    /// <summary>The ports of which that one is chosen by chance; null when it is certain.</summary>
    public PortInterval? SourcePorts { get; init; }

    /// <summary>The link that it left by; null when it stayed.</summary>
    public string? Interface { get; init; }

    /// <summary>The router; null when it is a neighbour, or stayed.</summary>
    public IPAddress? Gateway { get; init; }

    /// <summary>The control group of the process whose socket it arrived at; null when there is none, or it is not known.</summary>
    internal string? Cgroup { get; init; }

    /// <summary>Whether the packet was handed to this node's sockets, one of which took it or none.</summary>
    internal bool IsOfThisNode => Kind is WalkEndpointKind.Socket or WalkEndpointKind.Kernel
        || Text.StartsWith("refused (", StringComparison.Ordinal);

    /// <summary>Whose it is.</summary>
    public ListenerOwner Owner { get; init; } = new();
}
