using System.Net;
using Berth.Netlink.Route;

namespace Berth.Inspection;

/// <summary>UDP flows that conntrack keeps sending to a pod to which no rule leads any more.</summary>
internal static class UdpFlowFindings
{
    private const byte Udp = 17;

    internal static IEnumerable<Finding> Find(FindingInput input)
    {
        // Without the rules nothing can be said about where they lead.
        if (input.Snapshot.NfTables.Status == PartStatus.Unreadable || input.Snapshot.LegacyIptables.Status == PartStatus.Unreadable)
        {
            yield break;
        }

        HashSet<IPAddress> local = [.. (input.Snapshot.Addresses.Value ?? []).Select(static address => address.Address)];
        Dictionary<(ushort, IPAddress), List<UdpFlow>> stale = [];
        foreach (UdpFlow flow in input.Snapshot.UdpFlows.Value ?? [])
        {
            if (local.Contains(flow.Destination) && !input.Mappings.Any(mapping => LeadsTo(mapping, flow)))
            {
                if (!stale.TryGetValue((flow.DestinationPort, flow.Target), out List<UdpFlow>? flows))
                {
                    stale.Add((flow.DestinationPort, flow.Target), flows = []);
                }

                flows.Add(flow);
            }
        }

        foreach (((ushort port, IPAddress target), List<UdpFlow> flows) in stale)
        {
            yield return new Finding(
                "stale-udp-flow", FindingSeverity.Error,
                $"{flows.Count} UDP flow{(flows.Count == 1 ? "" : "s")} to port {port} still go{(flows.Count == 1 ? "es" : "")} to {target}, where no rule leads",
                [.. flows.Take(5).Select(static flow => $"{flow.Source} to {flow.Destination}, rewritten to {flow.Target}:{flow.TargetPort}")],
                $"Delete them: conntrack -D -p udp --orig-port-dst {port} --reply-src {target}");
        }
    }

    private static bool LeadsTo(NatMapping mapping, UdpFlow flow) =>
        (mapping.Selection.Protocol ?? Udp) == Udp
        && (mapping.Selection.Ports is not PortInterval ports || (ports.First <= flow.DestinationPort && flow.DestinationPort <= ports.Last))
        && (mapping.IsRedirect || mapping.Address is null || mapping.Address.Equals(flow.Target));
}
