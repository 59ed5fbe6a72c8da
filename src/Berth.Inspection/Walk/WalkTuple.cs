using System.Net;

namespace Berth.Inspection;

/// <summary>One direction of a connection. What has no ports has zeros there.</summary>
internal sealed record WalkTuple(IPAddress Source, ushort SourcePort, IPAddress Destination, ushort DestinationPort)
{
    /// <summary>What answers to it.</summary>
    internal WalkTuple Inverted => new(Destination, DestinationPort, Source, SourcePort);
}
