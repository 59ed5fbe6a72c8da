using Microsoft.Win32.SafeHandles;

namespace Berth.Inspection;

/// <summary>The control groups of the unified hierarchy (version 2), to which programs of eBPF are attached.</summary>
internal static class ControlGroups
{
    private const string Mounts = "/proc/self/mountinfo";

    /// <summary>All groups by their paths from the root, "/" first, with their directories; none where there is no such hierarchy.</summary>
    /// <exception cref="IOException">It is mounted, out of sight, and cannot be had otherwise.</exception>
    internal static IEnumerable<(string Path, string Directory)> All()
    {
        List<string> mounts = MountPoints();
        if (mounts.Count == 0)
        {
            yield break;
        }

        // What is mounted over it hides it, as ip netns exec does with /sys: then by a mount of our own, which stands nowhere.
        using SafeFileHandle? own = mounts.Exists(IsHierarchy) ? null : Mount();
        string root = own is null
            ? mounts.Find(IsHierarchy) ?? throw new IOException($"{mounts[0]} is out of sight here, and to mount it elsewhere needs root (CAP_SYS_ADMIN)")
            : $"/proc/self/fd/{own.DangerousGetHandle()}";
        foreach (string directory in Below(root).Prepend(root))
        {
            yield return (directory.Length == root.Length ? "/" : directory[root.Length..], directory);
        }
    }

    private static SafeFileHandle? Mount()
    {
        using SafeFileHandle context = new(Interop.fsopen("cgroup2", Interop.FSOPEN_CLOEXEC), ownsHandle: true);
        if (context.IsInvalid || Interop.fsconfig((int)context.DangerousGetHandle(), Interop.FSCONFIG_CMD_CREATE) < 0)
        {
            return null;
        }

        SafeFileHandle mount = new(
            Interop.fsmount((int)context.DangerousGetHandle(), Interop.FSMOUNT_CLOEXEC, Interop.MOUNT_ATTR_RDONLY), ownsHandle: true);
        if (mount.IsInvalid)
        {
            mount.Dispose();
            return null;
        }

        return mount;
    }

    // A group may vanish while it is looked at.
    private static IEnumerable<string> Below(string directory)
    {
        string[] groups;
        try
        {
            groups = Directory.GetDirectories(directory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            yield break;
        }

        foreach (string group in groups)
        {
            yield return group;
            foreach (string below in Below(group))
            {
                yield return below;
            }
        }
    }

    private static bool IsHierarchy(string directory) => File.Exists(Path.Combine(directory, "cgroup.procs"));

    // Fields: number, parent, device, root, mount point, options, optional fields, "-", type.
    private static List<string> MountPoints()
    {
        List<string> mounts = [];
        foreach (string line in File.ReadLines(Mounts))
        {
            string[] fields = line.Split(' ');
            int end = Array.IndexOf(fields, "-");
            if (end > 0 && end + 1 < fields.Length && fields[end + 1] == "cgroup2")
            {
                mounts.Add(fields[4]);
            }
        }

        return mounts;
    }
}
