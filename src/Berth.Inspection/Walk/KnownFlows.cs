using System.Net;

namespace Berth.Inspection;

/// <summary>
/// UDP flows that connection tracking has for what is asked, and sends elsewhere than rules would by now: packets of such a
/// flow meet no nat rule. The walk is of the first packet of a new one. Of TCP a client begins each connection anew.
/// </summary>
internal sealed class KnownFlows
{
    private const byte Udp = 17;
    private const int MostTold = 3;

    private readonly WalkAssumption? _isNew;

    /// <param name="node">The node.</param>
    /// <param name="asked">The question as it was asked, before anything was chosen.</param>
    /// <param name="ends">Where a new connection ends.</param>
    internal KnownFlows(WalkNode node, WalkQuestion asked, List<WalkBranch> ends)
    {
        if (asked.Protocol != Udp)
        {
            return;
        }

        Part<IReadOnlyList<UdpFlow>> flows = node.LiveFlows?.Invoke(asked.Destination, asked.DestinationPort) ?? node.Snapshot.UdpFlows;
        bool isJustThat = asked is { Source: not null, SourcePort: not null };

        // Of several that a Service chooses from, each flow goes to one.
        List<UdpFlow> elsewhere = [.. (flows.Value ?? []).Where(flow => IsOf(flow, asked)
            && (isJustThat ? ends.Exists(end => !Ends(end, flow)) : ends.TrueForAll(end => !Ends(end, flow))))];
        if (elsewhere.Count == 0)
        {
            return;
        }

        string targets = string.Join(" and ", elsewhere.Select(static flow => EndpointText.Of(flow.Target, flow.TargetPort)).Distinct().Take(MostTold));
        if (isJustThat)
        {
            _isNew = new WalkAssumption(
                $"it begins a connection: conntrack knows one between just these, whose packets still go to {targets}, past all nat rules", true);
        }
        else
        {
            Notes = [$"it is of none of {elsewhere.Count} UDP flow{(elsewhere.Count == 1 ? "" : "s")} that conntrack knows, whose packets still go to {targets}, past all nat rules"];
        }
    }

    /// <summary>What is taken for granted of flows between others.</summary>
    internal IReadOnlyList<string> Notes { get; } = [];

    /// <summary>A way under the assumption that its packet begins a connection.</summary>
    internal WalkBranch Assume(WalkBranch end) => end.Assuming(_isNew) ?? end;

    private static bool IsOf(UdpFlow flow, WalkQuestion asked) =>
        flow.Destination.Equals(asked.Destination) && flow.DestinationPort == asked.DestinationPort
        && (asked.Source is null || asked.Source.Equals(flow.Source))
        && (asked.SourcePort is null || asked.SourcePort == flow.SourcePort);

    private static bool Ends(WalkBranch end, UdpFlow flow) =>
        end.End is { Outcome: WalkOutcome.Delivered, Address: IPAddress address } && address.Equals(flow.Target) && end.End.Port == flow.TargetPort;
}
