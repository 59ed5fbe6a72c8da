using Berth.Kernel.Tests.Plugin;
using Berth.Kernel.Tests.Topology;

namespace Berth.Kernel.Tests.Iptables;

/// <summary>Which of the two iptables a node has.</summary>
public enum Toolset
{
    /// <summary>iptables-nft.</summary>
    Nft,

    /// <summary>iptables-legacy.</summary>
    Legacy,

    /// <summary>iptables-legacy, but ip6tables-nft.</summary>
    Mixed,
}

/// <summary>A node on which the name iptables, and all its relatives', means one of the two.</summary>
internal static class Toolsets
{
    /// <summary>Tests that go one after the other: iptables-legacy has one lock for all network namespaces, and gives up
    /// at once when another one holds it.</summary>
    internal const string LockHolders = "iptables";

    /// <summary>The two that a distribution has.</summary>
    internal static readonly Toolset[] All = [Toolset.Nft, Toolset.Legacy];

    // Debian chooses by symbolic links, too. In the tests' own /run, which nobody else sees.
    private static readonly Dictionary<Toolset, string> Directories =
        Enum.GetValues<Toolset>().ToDictionary(static toolset => toolset, Make);

    /// <summary>Where the programs are that go by the name iptables.</summary>
    internal static string Directory(this Toolset toolset) => Directories[toolset];

    internal static string SearchPath(this Toolset toolset) =>
        $"{Directories[toolset]}:{Environment.GetEnvironmentVariable("PATH")}";

    /// <summary>A pod's attachment with the iptables backend, on a node that has this iptables.</summary>
    internal static Attachment On(this Attachment attachment, Toolset toolset) =>
        attachment.With("backend", "\"iptables\"") with { SearchPath = toolset.SearchPath() };

    /// <summary>The flavour that this one is not.</summary>
    internal static Toolset Other(this Toolset toolset) => toolset == Toolset.Nft ? Toolset.Legacy : Toolset.Nft;

    /// <summary>
    /// What starts a program on a node that has no programs of iptables at all, or only those of one flavour, under no other
    /// name than iptables.
    /// </summary>
    internal static string[] Without(Toolset? only = null) =>
    [
        "unshare", "--mount", "sh", "-c",
        "for d in /usr/local/sbin /sbin /usr/sbin; do mount -t tmpfs tmpfs $d; done; PATH=$0:/usr/bin:/bin exec \"$@\"",
        only is Toolset toolset ? Copies(toolset) : "/nowhere",
    ];

    /// <summary>What the node's nat tables hold, IPv4 and IPv6, without times and counters.</summary>
    internal static string Save(this Host node, Toolset toolset) =>
        node.Save(toolset, Family.IPv4) + node.Save(toolset, Family.IPv6);

    /// <summary>What the node's nat table of one family holds.</summary>
    internal static string Save(this Host node, Toolset toolset, Family family)
    {
        string text = node.Iptables(toolset, family, "-save", "-t", "nat");
        return string.Concat(text.Split('\n').Where(static line => line.Length > 0 && line[0] != '#')
            .Select(static line => (line[0] == ':' ? line[..line.IndexOf('[', StringComparison.Ordinal)] : line) + "\n"));
    }

    /// <summary>Runs iptables or ip6tables, or what goes by that name and a suffix.</summary>
    internal static string Iptables(
        this Host node, Toolset toolset, Family family, string suffix, params IReadOnlyList<string> arguments)
    {
        string program = (family == Family.IPv4 ? "iptables" : "ip6tables") + suffix;
        return Command.Run(
            node.NetnsPath, program, arguments, environment: new Dictionary<string, string> { ["PATH"] = toolset.SearchPath() })
            .Succeeded($"{program} {string.Join(' ', arguments)}");
    }

    /// <summary>Feeds iptables-restore or ip6tables-restore, leaving what it does not name.</summary>
    internal static void IptablesRestore(this Host node, Toolset toolset, Family family, string rules)
    {
        string program = (family == Family.IPv4 ? "iptables" : "ip6tables") + "-restore";
        Command.Run(
            node.NetnsPath, program, ["--noflush"], rules, new Dictionary<string, string> { ["PATH"] = toolset.SearchPath() })
            .Succeeded($"{program} {rules}");
    }

    /// <summary>A directory for programs, in the tests' own /run, which goes with them.</summary>
    internal static string MakeDirectory(string name) => System.IO.Directory.CreateDirectory($"/run/{name}-{Guid.NewGuid():N}").FullName;

    private static string Copies(Toolset toolset)
    {
        string directory = MakeDirectory("alone");
        string file = $"/usr/sbin/xtables-{(toolset == Toolset.Nft ? "nft" : "legacy")}-multi";
        string copy = Path.Combine(directory, Path.GetFileName(file));
        File.Copy(file, copy);
        foreach (string name in (string[])["iptables-save", "iptables-restore", "ip6tables-save", "ip6tables-restore"])
        {
            File.CreateSymbolicLink(Path.Combine(directory, name), copy);
        }

        return directory;
    }

    private static string Make(Toolset toolset)
    {
        string directory = $"/run/iptables-{toolset}";
        System.IO.Directory.CreateDirectory(directory);
        foreach (string suffix in (string[])["", "-save", "-restore"])
        {
            Link("iptables", toolset == Toolset.Nft);
            Link("ip6tables", toolset != Toolset.Legacy);

            void Link(string name, bool isNft) => File.CreateSymbolicLink(
                Path.Combine(directory, name + suffix), $"/usr/sbin/xtables-{(isNft ? "nft" : "legacy")}-multi");
        }

        return directory;
    }
}
