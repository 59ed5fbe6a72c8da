using System.Globalization;
using System.Net.Sockets;

namespace Berth.HostPorts.Iptables;

/// <summary>
/// iptables-save and iptables-restore of one family: as installed, or of one flavour. Found on the PATH, and where
/// distributions put them when a runtime's PATH is short.
/// </summary>
internal sealed class IptablesPrograms
{
    private static readonly string[] UsualDirectories = ["/usr/sbin", "/sbin", "/usr/local/sbin"];

    private readonly string _save;
    private readonly string _restore;

    private IptablesPrograms(AddressFamily family, string save, string restore)
    {
        Family = family;
        _save = save;
        _restore = restore;
    }

    internal AddressFamily Family { get; }

    /// <summary>Their name: iptables or ip6tables.</summary>
    internal string Name => NameOf(Family);

    /// <summary>The programs that the node's iptables is.</summary>
    /// <exception cref="HostPortException">They are not installed.</exception>
    internal static IptablesPrograms Installed(AddressFamily family)
    {
        string name = NameOf(family);
        return Of(family) ?? throw new HostPortException(
            $"{name}-save and {name}-restore are not on the PATH",
            "The iptables backend needs them. Install iptables, or set \"backend\": \"nftables\".");
    }

    /// <summary>The same; null where they are not installed.</summary>
    internal static IptablesPrograms? Of(AddressFamily family) => Find(family, NameOf(family));

    /// <summary>The programs of one flavour; those of the node where no name says which they are; null without any.</summary>
    internal static IptablesPrograms? Of(AddressFamily family, Flavour flavour) =>
        Find(family, $"{NameOf(family)}-{(flavour == Flavour.Nft ? "nft" : "legacy")}") ?? Find(family, NameOf(family));

    /// <summary>Reads of the nat table what concerns host ports: of the nft flavour from the kernel, else by the program.</summary>
    /// <param name="chains">Chains that are looked for too, whether or not a rule leads there.</param>
    /// <exception cref="HostPortException">It cannot be read.</exception>
    internal NatTable Read(params IReadOnlyList<string> chains) =>
        (IsNft ? NftNatTable.Read(Family, chains) : null) ?? ReadWhole();

    /// <summary>Reads the nat table by the program.</summary>
    /// <exception cref="HostPortException">It cannot be read.</exception>
    internal NatTable ReadWhole()
    {
        ProgramExit exit = ChildProgram.Run(_save, ["-t", "nat"], "", keepsOutput: true);
        return exit.Code == 0
            ? NatTable.Parse(exit.Output)
            : throw new HostPortException(
                $"{_save} -t nat failed: {Complaint(exit)}",
                Family == AddressFamily.InterNetworkV6 && !IPv6Support.IsPresent() ? IPv6Support.Remedy : null);
    }

    /// <summary>
    /// Changes the nat table: all of the input's lines, or none. Waits for the lock of iptables-legacy, however long it
    /// is held.
    /// </summary>
    /// <returns>Null, or why nothing was changed.</returns>
    internal string? Restore(string input) => Restore(input, ["--noflush", "--wait"]);

    /// <summary>Asks whether such a change is understood, and makes none.</summary>
    /// <returns>Null, or why it is not.</returns>
    internal string? Test(string input) => Restore(input, ["--noflush", "--wait", "--test"]);

    // Where distributions install both flavours, the names are links to the one file that holds all programs of a flavour.
    private bool IsNft => Path.GetFileName(Interop.RealPath(_save)).Contains("nft", StringComparison.Ordinal);

    private static string NameOf(AddressFamily family) => family == AddressFamily.InterNetwork ? "iptables" : "ip6tables";

    private static IptablesPrograms? Find(AddressFamily family, string name) =>
        FindFile(name + "-save") is string save && FindFile(name + "-restore") is string restore
            ? new IptablesPrograms(family, save, restore)
            : null;

    private static string? FindFile(string name)
    {
        string[] directories = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':');
        foreach (string directory in (string[])[.. directories, .. UsualDirectories])
        {
            if (directory.StartsWith('/') && Path.Combine(directory, name) is string file && File.Exists(file))
            {
                return file;
            }
        }

        return null;
    }

    private string? Restore(string input, ReadOnlySpan<string> options)
    {
        ProgramExit exit = ChildProgram.Run(_restore, options, input, keepsOutput: false);
        return exit.Code == 0 ? null : $"{_restore}: {Complaint(exit)}{FailedLine(exit, input)}";
    }

    // Its own words, without the advice to read the manual, and with what makes root.
    private string Complaint(ProgramExit exit)
    {
        List<string> lines = [];
        foreach (string line in exit.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!line.StartsWith("Try `", StringComparison.Ordinal) && !line.StartsWith('#'))
            {
                lines.Add(line.Trim());
            }
        }

        if (exit.Code > ChildProgram.SignalBase)
        {
            lines.Insert(0, $"ended by signal {exit.Code - ChildProgram.SignalBase}");
        }

        string complaint = lines.Count > 0 ? string.Join("; ", lines) : $"exit code {exit.Code}";
        return complaint.Contains("must be root", StringComparison.Ordinal)
            ? $"{complaint} ({(IsNft ? "CAP_NET_ADMIN is" : "CAP_NET_ADMIN and CAP_NET_RAW are")} needed)"
            : complaint;
    }

    // "line 12 failed", or "Error occurred at line: 12", alone tells nothing to who has not seen the input. Of a change that
    // was refused as a whole the line is the last, which tells nothing either.
    private static string FailedLine(ProgramExit exit, string input)
    {
        const string Word = "line";
        int number = 0;
        for (int start = exit.Errors.IndexOf(Word, StringComparison.Ordinal); start >= 0 && number == 0;
            start = exit.Errors.IndexOf(Word, start + 1, StringComparison.Ordinal))
        {
            ReadOnlySpan<char> rest = exit.Errors.AsSpan(start + Word.Length).TrimStart(':').TrimStart(' ');
            int length = rest.IndexOfAnyExceptInRange('0', '9');
            _ = int.TryParse(length < 0 ? rest : rest[..length], NumberStyles.None, CultureInfo.InvariantCulture, out number);
        }

        string[] lines = input.Split('\n');
        return number > 0 && number <= lines.Length && lines[number - 1] != "COMMIT" ? $": {lines[number - 1]}" : "";
    }
}
