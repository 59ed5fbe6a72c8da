namespace Berth.Inspection;

/// <summary>What is not as it should be on a node: every check over one snapshot.</summary>
public static class NodeFindings
{
    /// <summary>Runs the checks. What could not be read is not checked: the snapshot says what that is.</summary>
    /// <returns>The worst first, then by id.</returns>
    public static IReadOnlyList<Finding> Find(
        NodeSnapshot snapshot, IReadOnlyList<DeclaredPorts>? pods = null, IReadOnlyList<DeclaredServicePort>? services = null)
    {
        PacketProbe probe = new(snapshot);
        FindingInput input = new(
            snapshot,
            NodeListeners.Find(snapshot, new ListenerOptions { WithClusterAddresses = true, Pods = pods, Services = services }, probe),
            NatWalk.Mappings(snapshot),
            new ServiceDirectory(snapshot, services),
            probe);
        List<Finding> findings =
        [
            .. ListenerFindings.Find(input),
            .. PortRangeFindings.Find(input),
            .. HijackFindings.Find(input),
            .. FallThroughFindings.Find(input),
            .. LoopbackFindings.Find(input),
            .. FlavourFindings.Find(input),
            .. UdpFlowFindings.Find(input),
        ];
        // A hostPort of both families is two rows, of which the same may be said.
        return [.. findings.DistinctBy(static finding => $"{finding.Id}\n{finding.Message}\n{string.Join('\n', finding.Evidence)}")
            .OrderByDescending(static finding => finding.Severity)
            .ThenBy(static finding => finding.Id, StringComparer.Ordinal)
            .ThenBy(static finding => finding.Message, StringComparer.Ordinal)];
    }
}

/// <summary>What checks look at.</summary>
internal sealed record FindingInput(
    NodeSnapshot Snapshot, IReadOnlyList<Listener> Listeners, IReadOnlyList<NatMapping> Mappings, ServiceDirectory Services,
    PacketProbe Probe);
