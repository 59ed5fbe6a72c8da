using System.Net;
using System.Net.Sockets;
using Berth.HostPorts.Configuration;
using Berth.NfTables;

namespace Berth.HostPorts.Nftables;

/// <summary>Where a mapping stands in a family's table: one element.</summary>
/// <param name="Lane">The lane.</param>
/// <param name="Ports">The node's ports.</param>
/// <param name="ContainerPort">The pod's port; null for a range, which keeps the node's.</param>
internal sealed record PortPlace(PortLane Lane, PortBlock Ports, ushort? ContainerPort)
{
    /// <summary>
    /// The shortest run of equal ports that becomes a range. Changing a map of ranges takes the kernel time that grows with
    /// their number, where one of single ports takes the same for each: docs/decisions/0006-port-ranges.md.
    /// </summary>
    internal const int ShortestRange = 128;

    internal bool IsRange => ContainerPort is null;

    internal Set Set => IsRange ? Lane.Maps.Ranges : Lane.Maps.Single;

    internal DataValue Key { get; } = Lane.Key(Ports.First);

    internal DataValue? KeyEnd => IsRange ? Lane.Key(Ports.Last) : null;

    /// <summary>What the element leads to.</summary>
    /// <param name="pod">The pod's address.</param>
    internal DataValue Target(DataValue pod) => ContainerPort is ushort port ? DataValue.Concatenate(pod, port) : pod;

    /// <summary>
    /// The places of mappings, those that do not concern the family left out: runs of ports that the pod has under the same
    /// numbers are one place where they are long, and every other port is one of its own.
    /// </summary>
    internal static List<PortPlace> Of(BerthTable table, ConditionalNetwork? network, IReadOnlyList<PortMapping> configured)
    {
        PortMapping[] mappings = [.. configured];
        PortLanes lanes = new(table, network);
        Dictionary<PortLane, List<PortBlock>> runs = LongRuns(lanes, mappings, out bool mayRepeat);
        HashSet<(PortLane, ushort)> seen = [];
        List<PortPlace> places = new(Math.Min(mappings.Length, ShortestRange));
        foreach (PortMapping mapping in mappings)
        {
            if (lanes.Of(mapping) is not PortLane lane)
            {
                continue;
            }

            if (mapping.KeepsPort && Run(runs, lane, mapping.HostPort) is PortBlock run)
            {
                if (seen.Add((lane, run.First)))
                {
                    places.Add(new PortPlace(lane, run, null));
                }

                continue;
            }

            for (int i = 0; i < mapping.HostPorts.Count; i++)
            {
                ushort port = (ushort)(mapping.HostPort + i);
                if (!mayRepeat || seen.Add((lane, port)))
                {
                    places.Add(new PortPlace(lane, PortBlock.One(port), (ushort)(mapping.ContainerPort + i)));
                }
            }
        }

        return places;
    }

    private static Dictionary<PortLane, List<PortBlock>> LongRuns(PortLanes lanes, PortMapping[] mappings, out bool hasRanges)
    {
        hasRanges = false;
        foreach (PortMapping mapping in mappings)
        {
            hasRanges |= mapping.IsRange;
        }

        Dictionary<PortLane, List<PortBlock>> runs = [];
        if (!hasRanges && mappings.Length < ShortestRange)
        {
            return runs;
        }

        foreach (PortMapping mapping in mappings)
        {
            if (mapping.KeepsPort && lanes.Of(mapping) is PortLane lane)
            {
                if (!runs.TryGetValue(lane, out List<PortBlock>? blocks))
                {
                    runs.Add(lane, blocks = []);
                }

                blocks.Add(mapping.HostPorts);
            }
        }

        foreach (List<PortBlock> blocks in runs.Values)
        {
            List<PortBlock> joined = PortBlock.Joined(blocks);
            joined.RemoveAll(static block => block.Count < ShortestRange);
            blocks.Clear();
            blocks.AddRange(joined);
        }

        return runs;
    }

    private static PortBlock? Run(Dictionary<PortLane, List<PortBlock>> runs, PortLane lane, ushort port)
    {
        if (runs.Count > 0 && runs.TryGetValue(lane, out List<PortBlock>? blocks))
        {
            foreach (PortBlock block in blocks)
            {
                if (block.Contains(port))
                {
                    return block;
                }
            }
        }

        return null;
    }

    /// <summary>Whether an address is one of the family's.</summary>
    internal static bool IsOf(IPAddress host, NfFamily family) =>
        host.AddressFamily == AddressFamily.InterNetwork == (family == NfFamily.Ip);
}
