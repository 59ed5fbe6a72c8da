namespace Berth.Inspection;

/// <summary>The control groups of the unified hierarchy (version 2), to which programs of eBPF are attached.</summary>
internal static class ControlGroups
{
    private const string Mounts = "/proc/self/mountinfo";

    /// <summary>All groups by their paths from the root, "/" first, with their directories; none where it is not mounted.</summary>
    internal static IEnumerable<(string Path, string Directory)> All()
    {
        if (Root() is not string root)
        {
            yield break;
        }

        yield return ("/", root);
        EnumerationOptions options = new() { RecurseSubdirectories = true, IgnoreInaccessible = true };
        foreach (string directory in Directory.EnumerateDirectories(root, "*", options))
        {
            yield return (directory[root.Length..], directory);
        }
    }

    // Fields: number, parent, device, root, mount point, options, optional fields, "-", type.
    private static string? Root()
    {
        foreach (string line in File.ReadLines(Mounts))
        {
            string[] fields = line.Split(' ');
            int end = Array.IndexOf(fields, "-");
            if (end > 0 && end + 1 < fields.Length && fields[end + 1] == "cgroup2")
            {
                return fields[4];
            }
        }

        return null;
    }
}
