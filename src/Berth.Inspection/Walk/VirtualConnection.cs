using System.Net;

namespace Berth.Inspection;

/// <summary>What IPVS remembers of a packet that it sent to another address (struct ip_vs_conn).</summary>
/// <param name="Client">The source that it saw.</param>
/// <param name="ClientPort">The source port that it saw.</param>
/// <param name="Service">The virtual service's address.</param>
/// <param name="ServicePort">The virtual service's port.</param>
/// <param name="Server">The server's address.</param>
/// <param name="ServerPort">The server's port.</param>
internal sealed record VirtualConnection(
    IPAddress Client, ushort ClientPort, IPAddress Service, ushort ServicePort, IPAddress Server, ushort ServerPort)
{
    /// <summary>Whether a packet comes from the server and is for the client.</summary>
    internal bool IsAnsweredBy(WalkPacket packet) =>
        packet.Source.Equals(Server) && packet.SourcePort == ServerPort
        && packet.Destination.Equals(Client) && packet.DestinationPort == ClientPort;
}
