using System.Net.Sockets;
using Berth.Inspection.Tests.Kernel;
using Berth.Published.Tests;

namespace Berth.Inspection.Tests.Walk.Iptables;

/// <summary>
/// A file for iptables-restore (NAME.v4, NAME.v6) in Corpus. Beside it may stand NAME.ipset, the sets that it names.
/// </summary>
internal sealed record CorpusFile(string Name)
{
    private static string Directory { get; } =
        Path.Combine(Repository.Root, "tests/Berth.Inspection.Tests/Walk/Iptables/Corpus");

    internal AddressFamily Family => Name.EndsWith(".v6", StringComparison.Ordinal)
        ? AddressFamily.InterNetworkV6
        : AddressFamily.InterNetwork;

    internal string Text => File.ReadAllText(Path.Combine(Directory, Name));

    private string Program => Family == AddressFamily.InterNetworkV6 ? "ip6tables" : "iptables";

    /// <summary>The names of all files.</summary>
    internal static string[] All { get; } =
        [.. System.IO.Directory.GetFiles(Directory, "*.v?").Select(static path => Path.GetFileName(path)).Order()];

    /// <summary>Makes the sets that the file needs.</summary>
    internal void MakeSets()
    {
        string sets = Path.Combine(Directory, Path.ChangeExtension(Name, ".ipset"));
        KernelSets.Replace(File.Exists(sets) ? File.ReadAllText(sets) : "");
    }

    /// <summary>Applies the file with a flavour, "nft" or "legacy".</summary>
    /// <returns>What -save then prints.</returns>
    internal string Apply(string flavour)
    {
        Tool restored = Tool.Try($"{Program}-{flavour}-restore", [], Text);
        Assert.True(restored.ExitCode == 0, restored.Errors);
        return Tool.Run($"{Program}-{flavour}-save");
    }

    /// <summary>Takes away what was applied.</summary>
    internal void Remove(string flavour)
    {
        foreach (string table in (ReadOnlySpan<string>)["raw", "mangle", "nat", "filter", "security"])
        {
            Tool.Run($"{Program}-{flavour}", "-t", table, "-F");
            Tool.Run($"{Program}-{flavour}", "-t", table, "-X");
        }

        foreach (string chain in (ReadOnlySpan<string>)["INPUT", "FORWARD", "OUTPUT"])
        {
            Tool.Run($"{Program}-{flavour}", "-P", chain, "ACCEPT");
        }
    }

    /// <summary>The lines of rules in the output of -save, by table.</summary>
    internal static IReadOnlyList<(string Table, string Chain, string Line)> Rules(string saved)
    {
        List<(string, string, string)> rules = [];
        string table = "";
        foreach (string line in saved.Split('\n'))
        {
            if (line.StartsWith('*'))
            {
                table = line[1..];
            }
            else if (line.StartsWith("-A ", StringComparison.Ordinal))
            {
                rules.Add((table, line.Split(' ')[1], line));
            }
        }

        return rules;
    }
}
