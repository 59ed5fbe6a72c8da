using System.Net.Sockets;
using Berth.Netlink;
using Berth.Netlink.Conntrack;

namespace Berth.Inspection;

/// <summary>Reads the UDP flows whose destination is rewritten: they go on as they began, whatever rules say since.</summary>
internal static class UdpFlowReader
{
    private const byte Udp = 17;

    internal static Part<IReadOnlyList<UdpFlow>> Read()
    {
        using ConntrackConnection connection = ConntrackConnection.Open();
        List<UdpFlow> flows = [];
        try
        {
            foreach (AddressFamily family in (ReadOnlySpan<AddressFamily>)[AddressFamily.InterNetwork, AddressFamily.InterNetworkV6])
            {
                foreach (Flow flow in connection.Flows(new FlowFilter(family) { Protocol = Udp }))
                {
                    if (!flow.Original.Destination.Equals(flow.Reply.Source))
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
