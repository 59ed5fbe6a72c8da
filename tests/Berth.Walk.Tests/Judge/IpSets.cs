namespace Berth.Walk.Tests.Judge;

/// <summary>One ipset of each type that this kernel has; generated rulesets differ in what is in them.</summary>
internal static class IpSets
{
    /// <summary>Bitmaps have no family.</summary>
    internal const string Ports = "ports";
    internal const string Addresses = "addresses";
    internal const string List = "lists";
    internal const string List6 = "lists6";

    private const string NoLinkAddress = "a packet's link-layer address is none that a walk knows: it lists an assumption";

    // Those that some kernels are built without.
    private static readonly (string Name, string Type, int Dimensions)[] OfSome =
        [("ipmarks", "hash:ip,mark", 2), ("netnets", "hash:net,net", 2), ("netportnets", "hash:net,port,net", 3)];

    private static readonly (string Name, string Type, int Dimensions)[] OfMost =
    [
        ("ips", "hash:ip", 1), ("nets", "hash:net", 1), ("ipports", "hash:ip,port", 2), ("netports", "hash:net,port", 2),
        ("ipportips", "hash:ip,port,ip", 3), ("ipportnets", "hash:ip,port,net", 3), ("netlinks", "hash:net,iface", 2),
    ];

    /// <summary>Name, type, and how many directions a match gives, of IPv4 sets; those of IPv6 have a 6 behind.</summary>
    internal static (string Name, string Type, int Dimensions)[] All { get; } = [.. OfMost, .. OfSome.Where(static set => Exists(set.Type))];

    /// <summary>All types that rules ask for.</summary>
    internal static IEnumerable<string> Types => [.. All.Select(static set => set.Type), "bitmap:port", "bitmap:ip", "list:set"];

    /// <summary>Types that no rule asks for, and why.</summary>
    internal static IEnumerable<(string Type, string Reason)> LeftOut =>
    [
        .. OfSome.Where(static set => !All.Contains(set)).Select(static set => (set.Type, "this kernel has none")),
        ("bitmap:ip,mac", NoLinkAddress), ("hash:ip,mac", NoLinkAddress), ("hash:mac", NoLinkAddress),
    ];

    /// <summary>Empties them all.</summary>
    internal static string Flush { get; } = string.Concat(Names().Select(static name => $"flush {name}\n"));

    /// <summary>Makes them, unless an earlier topology did: sets that rules named go only when the kernel has freed those.</summary>
    internal static void Create()
    {
        string text = string.Concat(All.Select(static set =>
                $"create {set.Name} {set.Type}\ncreate {set.Name}6 {set.Type} family inet6\n"))
            + $"create {Ports} bitmap:port range 0-65535\ncreate {Addresses} bitmap:ip range 10.244.0.0/16\n"
            + $"create {List} list:set\ncreate {List6} list:set\n";
        Tool result = Tool.Try("ipset", ["restore", "-exist"], text);
        Assert.True(result.ExitCode == 0, result.Errors);
    }

    private static bool Exists(string type)
    {
        bool exists = Tool.Try("ipset", ["create", "probe", type]).ExitCode == 0;
        if (exists)
        {
            Tool.Run("ipset", "destroy", "probe");
        }

        return exists;
    }

    private static IEnumerable<string> Names() =>
        [List, List6, .. All.SelectMany(static set => (string[])[set.Name, set.Name + "6"]), Ports, Addresses];
}
