using System.Net;
using System.Net.Sockets;
using Berth.Netlink;
using Berth.Netlink.Conntrack;

namespace Berth.Inspection;

/// <summary>Reads UDP flows, which go on as they began, whatever rules say since.</summary>
internal static class UdpFlowReader
{
    private const byte Udp = 17;

    /// <summary>Those whose destination is rewritten.</summary>
    internal static Part<IReadOnlyList<UdpFlow>> Read() => Read(
        [new FlowFilter(AddressFamily.InterNetwork) { Protocol = Udp }, new FlowFilter(AddressFamily.InterNetworkV6) { Protocol = Udp }],
        static flow => !flow.Original.Destination.Equals(flow.Reply.Source));

    /// <summary>Those to an address and port, rewritten or not.</summary>
    internal static Part<IReadOnlyList<UdpFlow>> ReadTo(IPAddress destination, ushort port) => Read(
        [new FlowFilter(destination.AddressFamily) { Protocol = Udp, OriginalDestination = destination, OriginalDestinationPort = port }],
        static _ => true);

    private static Part<IReadOnlyList<UdpFlow>> Read(FlowFilter[] filters, Func<Flow, bool> isWanted)
    {
        using ConntrackConnection connection = ConntrackConnection.Open();
        List<UdpFlow> flows = [];
        try
        {
            foreach (FlowFilter filter in filters)
            {
                foreach (Flow flow in connection.Flows(filter))
                {
                    if (isWanted(flow))
                    {
                        flows.Add(new UdpFlow(
                            flow.Original.Source, flow.Original.SourcePort, flow.Original.Destination, flow.Original.DestinationPort,
                            flow.Reply.Source, flow.Reply.SourcePort));
                    }
                }
            }
        }
        catch (NetlinkErrorException e) when (ConntrackConnection.IsMissing(e))
        {
            return Part.Absent<IReadOnlyList<UdpFlow>>("this kernel does not tell of its flows");
        }

        return Part.Of<IReadOnlyList<UdpFlow>>(flows);
    }
}
