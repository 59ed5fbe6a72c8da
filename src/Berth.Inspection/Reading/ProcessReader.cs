using System.Globalization;
using System.Text;
using Berth.Netlink.Sockets;

namespace Berth.Inspection;

/// <summary>Finds the processes that hold sockets: /proc/PID/fd names a socket by its inode.</summary>
internal static class ProcessReader
{
    private const string SocketPrefix = "socket:[";

    internal static Part<IReadOnlyList<ProcessState>> Read(IReadOnlyList<DiagnosedSocket> sockets, bool withArguments)
    {
        HashSet<uint> wanted = [.. sockets.Select(static socket => socket.Inode)];
        // A socket of the kernel itself has no inode, and no process.
        HashSet<uint> missing = [.. wanted.Where(static inode => inode != 0)];
        List<ProcessState> processes = [];
        int unreadable = 0;
        foreach (string directory in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(directory.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out int id))
            {
                continue;
            }

            try
            {
                List<uint> held = Held(directory, wanted);
                if (held.Count > 0)
                {
                    missing.ExceptWith(held);
                    processes.Add(Describe(directory, id, held, withArguments));
                }
            }
            catch (UnauthorizedAccessException)
            {
                unreadable++;
            }
            catch (IOException)
            {
                // It ended meanwhile.
            }
        }

        // Of processes that may not be looked at nothing is missed where each socket is another's.
        return unreadable == 0 || missing.Count == 0
            ? Part.Of<IReadOnlyList<ProcessState>>(processes)
            : new Part<IReadOnlyList<ProcessState>>(
                PartStatus.Unreadable,
                processes,
                $"{PartReader.NeedsRoot} (CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH): the files of {unreadable} processes are not readable");
    }

    private static List<uint> Held(string process, HashSet<uint> wanted)
    {
        List<uint> held = [];
        foreach (string file in Directory.EnumerateFileSystemEntries(process + "/fd"))
        {
            FileInfo link = new(file);
            string? target;
            try
            {
                target = link.LinkTarget;
            }
            catch (IOException)
            {
                continue;
            }

            // Where a link leads is kept from whoever may not trace the process (proc_fd_access_allowed), that there is one is not.
            if (target is null && link.Exists)
            {
                throw new UnauthorizedAccessException(file);
            }

            if (target is not null && target.StartsWith(SocketPrefix, StringComparison.Ordinal)
                && uint.TryParse(target.AsSpan(SocketPrefix.Length).TrimEnd(']'), CultureInfo.InvariantCulture, out uint inode)
                && wanted.Contains(inode) && !held.Contains(inode))
            {
                held.Add(inode);
            }
        }

        return held;
    }

    private static ProcessState Describe(string process, int id, List<uint> held, bool withArguments) => new(
        id,
        File.ReadAllText(process + "/comm").TrimEnd('\n'),
        withArguments
            ? Encoding.UTF8.GetString(File.ReadAllBytes(process + "/cmdline")).TrimEnd('\0').Split('\0')
            : null,
        CgroupOf(process),
        held);

    // A line "0::/path" (version 2), or several "N:controllers:/path" (version 1): the longest says most.
    private static string? CgroupOf(string process)
    {
        string longest = "";
        foreach (string line in File.ReadAllLines(process + "/cgroup"))
        {
            string[] fields = line.Split(':', 3);
            if (fields.Length == 3 && fields[2].Length > longest.Length)
            {
                longest = fields[2];
            }
        }

        return longest.Length == 0 ? null : longest;
    }
}
