using System.Net;
using System.Net.Sockets;

namespace Berth.Netlink.Conntrack;

/// <summary>Which flows: those that meet every condition given. What is null does not matter.</summary>
/// <param name="Family">IPv4 or IPv6.</param>
public sealed record FlowFilter(AddressFamily Family)
{
    /// <summary>IPPROTO_*: 6 TCP, 17 UDP, 132 SCTP.</summary>
    public byte? Protocol { get; init; }

    /// <summary>The port that the first packet was sent to.</summary>
    public ushort? OriginalDestinationPort { get; init; }

    /// <summary>The address that the first packet was sent to.</summary>
    public IPAddress? OriginalDestination { get; init; }

    /// <summary>The address that answers: after a DNAT, the one that it was rewritten to.</summary>
    public IPAddress? ReplySource { get; init; }

    /// <summary>The port that answers.</summary>
    public ushort? ReplySourcePort { get; init; }

    /// <summary>Whether a flow meets every condition.</summary>
    public bool Matches(Flow flow) =>
        flow.Original.Destination.AddressFamily == Family
        && (Protocol is null || Protocol == flow.Original.Protocol)
        && (OriginalDestinationPort is null || OriginalDestinationPort == flow.Original.DestinationPort)
        && (OriginalDestination is null || OriginalDestination.Equals(flow.Original.Destination))
        && (ReplySource is null || ReplySource.Equals(flow.Reply.Source))
        && (ReplySourcePort is null || ReplySourcePort == flow.Reply.SourcePort);
}
