using Berth.Inspection;

namespace Berth.Cli.Rendering;

/// <summary>Says which parts of a node could not be read, so that nothing is missing in silence.</summary>
internal static class UnreadableParts
{
    public static void Write(TextWriter error, string command, NodeSnapshot snapshot)
    {
        foreach ((string part, string reason) in Of(snapshot))
        {
            error.WriteLine(OneLine.Of($"{command}: not read: {part} ({reason})"));
        }
    }

    /// <summary>The parts by their names in the file, and the reasons.</summary>
    public static IReadOnlyList<UnreadableItem> Of(NodeSnapshot snapshot)
    {
        List<UnreadableItem> parts = [];
        Add(parts, "links", snapshot.Links);
        Add(parts, "addresses", snapshot.Addresses);
        Add(parts, "rules", snapshot.Rules);
        Add(parts, "routes", snapshot.Routes);
        Add(parts, "nfTables", snapshot.NfTables);
        Add(parts, "legacyIptables", snapshot.LegacyIptables);
        Add(parts, "ipSets", snapshot.IpSets);
        Add(parts, "ipvs", snapshot.Ipvs);
        Add(parts, "sockets", snapshot.Sockets);
        Add(parts, "processes", snapshot.Processes);
        Add(parts, "conntrack", snapshot.Conntrack);
        Add(parts, "udpFlows", snapshot.UdpFlows);
        Add(parts, "queues", snapshot.Queues);
        Add(parts, "sysctls", snapshot.Sysctls);
        Add(parts, "cniCache", snapshot.CniCache);
        Add(parts, "podLogs", snapshot.PodLogs);
        return parts;
    }

    private static void Add<T>(List<UnreadableItem> parts, string name, Part<T> part)
        where T : class
    {
        if (part.Status == PartStatus.Unreadable)
        {
            parts.Add(new UnreadableItem(name, part.Reason ?? "for a reason that the file does not say"));
        }
    }
}
