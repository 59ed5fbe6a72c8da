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

            if (target is not null && SocketOf(target) is uint inode && wanted.Contains(inode) && !held.Contains(inode))
            {
                held.Add(inode);
            }
        }

        return held;
    }

    /// <summary>The inode of the socket that a link of /proc/PID/fd leads to; null when it leads elsewhere.</summary>
    internal static uint? SocketOf(string link) =>
        link.StartsWith(SocketPrefix, StringComparison.Ordinal)
        && uint.TryParse(link.AsSpan(SocketPrefix.Length).TrimEnd(']'), NumberStyles.None, CultureInfo.InvariantCulture, out uint inode)
            ? inode
            : null;

    private static ProcessState Describe(string process, int id, List<uint> held, bool withArguments) => new(
        id,
        // Any bytes but NUL: File.ReadAllText would take the first of them for a mark of their encoding.
        Encoding.UTF8.GetString(File.ReadAllBytes(process + "/comm")).TrimEnd('\n'),
        withArguments ? Arguments(File.ReadAllBytes(process + "/cmdline")) : null,
        ControlGroup(File.ReadAllLines(process + "/cgroup")),
        held);

    /// <summary>A command line as /proc/PID/cmdline has it: each argument ends with a NUL.</summary>
    internal static string[] Arguments(ReadOnlySpan<byte> text) => Encoding.UTF8.GetString(text).TrimEnd('\0').Split('\0');

    /// <summary>The control group of /proc/PID/cgroup: a line "0::/path" (version 2), or several "N:controllers:/path" (version 1),
    /// of which the longest path says most; null without one.</summary>
    internal static string? ControlGroup(IEnumerable<string> lines)
    {
        string longest = "";
        foreach (string line in lines)
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
