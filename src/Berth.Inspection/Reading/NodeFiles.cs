using System.Globalization;

namespace Berth.Inspection;

/// <summary>What single files and directories of the node say.</summary>
internal static class NodeFiles
{
    internal static string HostName() => Text("/proc/sys/kernel/hostname");

    internal static string Kernel() => Text("/proc/sys/kernel/osrelease");

    internal static Part<ConntrackCounts> ConntrackCounts()
    {
        const string Count = "/proc/sys/net/netfilter/nf_conntrack_count";
        return File.Exists(Count)
            ? Part.Of(new ConntrackCounts(Number(Count), Number("/proc/sys/net/netfilter/nf_conntrack_max")))
            : Part.Absent<ConntrackCounts>("this kernel tracks no connections");
    }

    internal static Part<IReadOnlyList<PodLogDirectory>> PodLogs(string directory)
    {
        if (!Directory.Exists(directory))
        {
            return Part.Absent<IReadOnlyList<PodLogDirectory>>($"there is no {directory}");
        }

        List<PodLogDirectory> pods = [];
        foreach (string path in Directory.EnumerateDirectories(directory))
        {
            if (PodLogDirectory.Parse(Path.GetFileName(path)) is PodLogDirectory pod)
            {
                pods.Add(pod);
            }
        }

        return Part.Of<IReadOnlyList<PodLogDirectory>>(pods);
    }

    private static int Number(string file) => int.Parse(Text(file), CultureInfo.InvariantCulture);

    private static string Text(string file) => File.ReadAllText(file).Trim();
}
