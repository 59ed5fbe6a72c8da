using System.Net;

namespace Berth.Lab;

/// <summary>The way from outside to addresses that lead to the cluster and are no node's: by the first node, as a router would be
/// told.</summary>
internal sealed class OutsideRoutes(Place outside, IReadOnlyList<NodeMachine> nodes, Programs programs)
{
    private readonly HashSet<IPAddress> _routed = [];

    /// <summary>Adds those that are missing.</summary>
    /// <exception cref="LabException">A program failed.</exception>
    public void Sync(IReadOnlyList<ServedPort> served)
    {
        foreach (ServedPort port in served)
        {
            foreach (IPAddress address in (IEnumerable<IPAddress>)[.. port.ExternalIPs, .. port.LoadBalancerIPs])
            {
                bool isOfNode = nodes.Any(node => node.Address.Equals(address) || node.Entry.MoreAddresses.Contains(address));
                if (!isOfNode && _routed.Add(address))
                {
                    programs.Must(outside, "ip", ["route", "replace", $"{address}/32", "via", $"{nodes[0].Address}"]);
                }
            }
        }
    }
}
