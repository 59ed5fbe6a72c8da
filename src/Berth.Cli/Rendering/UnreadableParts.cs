using Berth.Inspection;

namespace Berth.Cli.Rendering;

/// <summary>
/// Says which of the parts that a command needs of a node could not be read, so that nothing is missing in silence, and nobody
/// is sent after what would have changed nothing.
/// </summary>
internal static class UnreadableParts
{
    private static readonly string[] OfNoListener = ["rules", "conntrack", "udpFlows", "queues", "programs", "ipsec", "ebtables", "sysctls"];
    private static readonly string[] OfNoFinding = ["conntrack", "programs", "ipsec", "ebtables"];

    /// <summary>Of the parts that listeners are found in.</summary>
    public static IReadOnlyList<UnreadableItem> OfListeners(NodeSnapshot snapshot) =>
        [.. Of(snapshot).Where(static item => !OfNoListener.Contains(item.Part))];

    /// <summary>Of the parts that findings are made from.</summary>
    public static IReadOnlyList<UnreadableItem> OfFindings(NodeSnapshot snapshot) =>
        [.. Of(snapshot).Where(static item => !OfNoFinding.Contains(item.Part))];

    public static void Write(TextWriter error, string command, IReadOnlyList<UnreadableItem> parts)
    {
        foreach ((string part, string reason) in parts)
        {
            error.WriteLine(OneLine.Of($"{command}: not read: {part} ({reason})"));
        }
    }

    /// <summary>All parts, by their names in the file, and the reasons.</summary>
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
        Add(parts, "programs", snapshot.Programs);
        Add(parts, "ipsec", snapshot.Ipsec);
        Add(parts, "ebtables", snapshot.Ebtables);
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
