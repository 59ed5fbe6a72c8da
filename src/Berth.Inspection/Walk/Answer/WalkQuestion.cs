using System.Net;

namespace Berth.Inspection;

/// <summary>Where a packet enters the node.</summary>
public enum WalkOrigin
{
    /// <summary>From outside, by a link.</summary>
    Outside = 1,

    /// <summary>From a process of the node.</summary>
    Node = 2,

    /// <summary>From a pod, by its end of the link on the node.</summary>
    Pod = 3,
}

/// <summary>The first packet of a connection, whose way is asked for.</summary>
/// <param name="Protocol">The transport protocol's number.</param>
/// <param name="Destination">Where to.</param>
public sealed record WalkQuestion(byte Protocol, IPAddress Destination)
{
    /// <summary>The port; 0 for what has none.</summary>
    public ushort DestinationPort { get; init; }

    /// <summary>From where; null lets the walk choose one that fits the origin.</summary>
    public IPAddress? Source { get; init; }

    /// <summary>The source port; null lets the walk choose one.</summary>
    public ushort? SourcePort { get; init; }

    /// <summary>Where it enters; null lets the addresses tell: the node's own and loopback's are of the node.</summary>
    public WalkOrigin? Origin { get; init; }

    /// <summary>The link that it comes in by; null lets the walk choose the one that routes to the source.</summary>
    public string? Interface { get; init; }

    /// <summary>The pod that it is from: namespace/name, name, or how the container's ID begins.</summary>
    public string? Pod { get; init; }

    /// <summary>The user whose process sends it; null when not known.</summary>
    public uint? User { get; init; }

    /// <summary>The packet's mark as it enters.</summary>
    public uint Mark { get; init; }

    /// <summary>Bytes of the packet, the network header included; null when not known.</summary>
    public int? Length { get; init; }

    /// <summary>Time to live, or hop limit; null when not known.</summary>
    public byte? TimeToLive { get; init; }
}
