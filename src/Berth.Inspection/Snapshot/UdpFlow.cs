using System.Net;

namespace Berth.Inspection;

/// <summary>A UDP flow whose destination conntrack rewrites.</summary>
/// <param name="Source">The client.</param>
/// <param name="SourcePort">Its port.</param>
/// <param name="Destination">The address that it sends to.</param>
/// <param name="DestinationPort">The port that it sends to.</param>
/// <param name="Target">The address that it is rewritten to.</param>
/// <param name="TargetPort">The port that it is rewritten to.</param>
public sealed record UdpFlow(
    IPAddress Source, ushort SourcePort, IPAddress Destination, ushort DestinationPort, IPAddress Target, ushort TargetPort);
