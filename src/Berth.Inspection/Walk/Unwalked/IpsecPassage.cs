using System.Net.Sockets;
using Berth.Netlink.Conntrack;
using Berth.Netlink.Route;
using Berth.Netlink.Xfrm;

namespace Berth.Inspection;

/// <summary>A place on a packet's way where the policies of a direction are asked.</summary>
/// <param name="Direction">Which.</param>
/// <param name="Flows">What the packet looks like to them; more than one where it is asked about anew.</param>
/// <param name="Input">The link that it came in by, loopback for the node's own to itself; null where it was sent from here.</param>
/// <param name="Output">The link that its route leaves by, loopback for what is delivered here.</param>
internal sealed record IpsecPassage(XfrmDirection Direction, IReadOnlyList<WalkTuple> Flows, Link? Input, Link? Output)
{
    /// <summary>The places on a way that is at its end. What was dropped before is dropped, whatever they say.</summary>
    internal static IEnumerable<IpsecPassage> Of(WalkNode node, WalkStart start, WalkBranch end)
    {
        WalkPacket packet = end.Packet;
        Link? loopback = (node.Snapshot.Links.Value ?? []).FirstOrDefault(static link => (link.Flags & LinkFlags.Loopback) != 0);
        Link? output = node.Link(end.End!.Interface);
        bool isHere = end.End.IsOfThisNode;
        if (packet.IsBridged || end.Steps.Exists(static step => step.Kind == WalkStepKind.Bridge))
        {
            yield break;
        }

        // What comes in is seen as it was before address translation (nf_nat_decode_session()).
        IReadOnlyList<WalkTuple> original = [OriginalOf(packet)];
        if (start.Link is null && (isHere || output is not null))
        {
            yield return new(XfrmDirection.Out, FlowsOf(end, 0), null, output ?? loopback);
        }
        else if (start.Link is Link input && output is not null)
        {
            // IPVS sends what it takes as its own.
            if (packet.VirtualConnection is null && end.VirtualServer is null)
            {
                yield return new(XfrmDirection.Forward, original, input, output);
            }

            yield return new(XfrmDirection.Out, FlowsOf(end, Math.Max(0, end.Steps.FindIndex(static step => step.Kind == WalkStepKind.Route))), input, output);
        }

        if (isHere)
        {
            yield return new(XfrmDirection.In, original, start.Link ?? loopback, loopback);
        }
    }

    /// <summary>Whether the links that it passes ask no policies (DST_NOPOLICY, DST_NOXFRM). Loopback asks none of IPv4.</summary>
    internal bool IsExempt(WalkNode node, AddressFamily family)
    {
        (Link? link, string name) = Direction == XfrmDirection.Out ? (Output, "disable_xfrm") : (Input, "disable_policy");
        bool IsSet(string of, bool otherwise) => node.Sysctl(family, of, name) is int value ? value != 0 : otherwise;
        bool isIPv4 = family == AddressFamily.InterNetwork;
        return (isIPv4 || Direction != XfrmDirection.Out) && (IsSet("all", false)
            || (link is not null && IsSet(link.Name, isIPv4 && (link.Flags & LinkFlags.Loopback) != 0)));
    }

    private static WalkTuple OriginalOf(WalkPacket packet) =>
        packet.Original is WalkTuple tuple && (packet.Status & (FlowStatus.SourceNat | FlowStatus.DestinationNat)) != 0
            ? tuple
            : new WalkTuple(packet.Source, packet.SourcePort, packet.Destination, packet.DestinationPort);

    // Routing asks, and address translation again with what it made of the packet (nf_xfrm_me_harder()).
    private static List<WalkTuple> FlowsOf(WalkBranch end, int from) =>
    [
        .. end.Steps.Skip(from)
            .Select(static step => new WalkTuple(step.Source, step.SourcePort, step.Destination, step.DestinationPort))
            .Append(new WalkTuple(end.Packet.Source, end.Packet.SourcePort, end.Packet.Destination, end.Packet.DestinationPort))
            .Distinct(),
    ];
}
