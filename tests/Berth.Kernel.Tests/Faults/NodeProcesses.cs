using Berth.Kernel.Tests.Topology;

namespace Berth.Kernel.Tests.Faults;

/// <summary>The processes whose network is a node's, of a plugin that was killed or stopped and of what it started.</summary>
internal static class NodeProcesses
{
    /// <summary>Those whose name begins in one of these ways; of each what proc(5) has of its state, in a line that stays the
    /// same as long as it does nothing.</summary>
    internal static IEnumerable<(int Id, string State)> Find(Host node, params string[] names)
    {
        string own = node.Namespace.Id.ToString();
        foreach (string process in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(process), out int id) && StateOf(process, own, names) is string state)
            {
                yield return (id, state);
            }
        }
    }

    private static string? StateOf(string process, string own, string[] names)
    {
        try
        {
            // PID (NAME) STATE ...
            string stat = File.ReadAllText(process + "/stat");
            string name = stat[(stat.IndexOf('(', StringComparison.Ordinal) + 1)..stat.LastIndexOf(')')];
            return names.Any(begin => name.StartsWith(begin, StringComparison.Ordinal))
                && new FileInfo(process + "/ns/net").LinkTarget == own
                ? stat[stat.LastIndexOf(')') + 2] + string.Concat(
                    File.ReadLines(process + "/status").Where(static line => line.Contains("ctxt_switches", StringComparison.Ordinal)))
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It ended meanwhile.
            return null;
        }
    }
}
