using Berth.NfTables;

namespace Berth.Inspection;

/// <summary>A chain of iptables that the kernel calls.</summary>
/// <param name="Table">Its table.</param>
/// <param name="Name">Its name.</param>
/// <param name="Hook">Where it is called.</param>
/// <param name="Priority">NF_IP_PRI_*.</param>
/// <param name="Type">"filter", "nat" or "route", in nf_tables' words.</param>
internal sealed record BaseChain(string Table, string Name, NfHook Hook, int Priority, string Type)
{
    private const int Raw = -300;
    private const int Mangle = -150;
    private const int DestinationNat = -100;
    private const int Filter = 0;
    private const int Security = 50;
    private const int SourceNat = 100;

    /// <summary>All of them, the same in IPv4 and IPv6.</summary>
    internal static IReadOnlyList<BaseChain> All { get; } =
    [
        new("raw", "PREROUTING", NfHook.Prerouting, Raw, "filter"),
        new("raw", "OUTPUT", NfHook.Output, Raw, "filter"),
        new("mangle", "PREROUTING", NfHook.Prerouting, Mangle, "filter"),
        new("mangle", "INPUT", NfHook.Input, Mangle, "filter"),
        new("mangle", "FORWARD", NfHook.Forward, Mangle, "filter"),
        new("mangle", "OUTPUT", NfHook.Output, Mangle, "route"),
        new("mangle", "POSTROUTING", NfHook.Postrouting, Mangle, "filter"),
        new("nat", "PREROUTING", NfHook.Prerouting, DestinationNat, "nat"),
        new("nat", "INPUT", NfHook.Input, SourceNat, "nat"),
        new("nat", "OUTPUT", NfHook.Output, DestinationNat, "nat"),
        new("nat", "POSTROUTING", NfHook.Postrouting, SourceNat, "nat"),
        new("filter", "INPUT", NfHook.Input, Filter, "filter"),
        new("filter", "FORWARD", NfHook.Forward, Filter, "filter"),
        new("filter", "OUTPUT", NfHook.Output, Filter, "filter"),
        new("security", "INPUT", NfHook.Input, Security, "filter"),
        new("security", "FORWARD", NfHook.Forward, Security, "filter"),
        new("security", "OUTPUT", NfHook.Output, Security, "filter"),
    ];

    /// <summary>Whether a table of nf_tables is one that iptables' nft flavour makes.</summary>
    internal static bool IsTable(NfFamily family, string name) =>
        family is NfFamily.Ip or NfFamily.Ip6 && name is "raw" or "mangle" or "nat" or "filter" or "security";
}
