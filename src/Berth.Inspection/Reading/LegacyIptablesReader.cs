using System.ComponentModel;
using System.Diagnostics;

namespace Berth.Inspection;

/// <summary>
/// Reads iptables-legacy as the text of its own program: only it knows the binary structures of every match and target.
/// It is run only where the kernel says that there are tables, for else it would make them.
/// </summary>
internal static class LegacyIptablesReader
{
    private static readonly string[] UsualDirectories = ["/usr/sbin", "/sbin", "/usr/local/sbin"];

    internal static Part<IReadOnlyList<LegacyTables>> Read()
    {
        List<LegacyTables> found = [];
        foreach (bool isIPv6 in (ReadOnlySpan<bool>)[false, true])
        {
            string names = isIPv6 ? "/proc/net/ip6_tables_names" : "/proc/net/ip_tables_names";
            string[] tables = File.Exists(names) ? File.ReadAllLines(names) : [];
            if (tables.Length == 0)
            {
                continue;
            }

            string program = isIPv6 ? "ip6tables-legacy-save" : "iptables-legacy-save";
            (string? text, string? failure) = Save(program);
            if (text is null)
            {
                return Part.Unreadable<IReadOnlyList<LegacyTables>>(
                    $"{names} says {string.Join(", ", tables)}, and {program} cannot be run: {failure}");
            }

            found.Add(new LegacyTables(isIPv6, tables, text));
        }

        return found.Count == 0
            ? Part.Absent<IReadOnlyList<LegacyTables>>("no table of iptables-legacy")
            : Part.Of<IReadOnlyList<LegacyTables>>(found);
    }

    private static (string? Text, string? Failure) Save(string program)
    {
        string? path = Find(program);
        if (path is null)
        {
            return (null, "it is not installed");
        }

        ProcessStartInfo start = new(path) { RedirectStandardOutput = true, RedirectStandardError = true };
        try
        {
            using Process process = Process.Start(start) ?? throw new Win32Exception();
            Task<string> errors = process.StandardError.ReadToEndAsync();
            string text = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            string failure = errors.GetAwaiter().GetResult().Trim();
            failure += failure.Contains("must be root", StringComparison.Ordinal) ? " (CAP_NET_ADMIN and CAP_NET_RAW are needed)" : "";
            return process.ExitCode == 0 ? (text, null) : (null, failure);
        }
        catch (Win32Exception e)
        {
            return (null, e.Message);
        }
    }

    private static string? Find(string program)
    {
        foreach (string directory in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Concat(UsualDirectories))
        {
            string path = Path.Combine(directory, program);
            if (directory.StartsWith('/') && File.Exists(path))
            {
                return path;
            }
        }

        return null;
    }
}
