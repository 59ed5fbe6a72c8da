namespace Berth.Bench.Results;

/// <summary>Where connections go.</summary>
internal enum Route
{
    /// <summary>To the pod's address: forwarded, without a mapping.</summary>
    Direct,

    /// <summary>To the node's address, through the mapping that was made last.</summary>
    Mapped,
}

/// <summary>New connections over one node.</summary>
/// <param name="Node">Whose tables the node has: "portmap", "reference", or "none".</param>
/// <param name="Mappings">Mappings present.</param>
/// <param name="Route">Where they go.</param>
/// <param name="Connections">How many were timed.</param>
/// <param name="Connect">TCP connect(2): the medians of blocks, in microseconds.</param>
/// <param name="SlowConnect">The 99th percentile of it, over some blocks at a time.</param>
/// <param name="FirstPacket">A new UDP flow's first packet and its answer: the medians of blocks, in microseconds.</param>
/// <param name="LaterPackets">The same of the packets after it.</param>
/// <param name="Relative">
/// This path's median of a block of connects divided by that of the path that it is compared with, in the same round: a mapped path with
/// the same node's direct one, a direct one with that of the node without mappings. Null for what is compared with nothing.
/// </param>
internal sealed record Traffic(
    string Node,
    int Mappings,
    Route Route,
    int Connections,
    Distribution Connect,
    Distribution SlowConnect,
    Distribution FirstPacket,
    Distribution LaterPackets,
    Distribution? Relative);
