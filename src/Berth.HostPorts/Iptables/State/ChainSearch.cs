using System.Net.Sockets;
using Berth.Netlink;
using Berth.NfTables;

namespace Berth.HostPorts.Iptables;

/// <summary>
/// Looks in the kernel itself for chains of iptables, of both flavours and families: no program is run to find nothing.
/// </summary>
internal static class ChainSearch
{
    /// <summary>Everywhere that chains can be.</summary>
    internal static IReadOnlyList<ChainPlace> Everywhere { get; } =
    [
        new(Flavour.Nft, AddressFamily.InterNetwork), new(Flavour.Nft, AddressFamily.InterNetworkV6),
        new(Flavour.Legacy, AddressFamily.InterNetwork), new(Flavour.Legacy, AddressFamily.InterNetworkV6),
    ];

    /// <summary>Where any of these chains exists in the nat table.</summary>
    internal static IReadOnlyList<ChainPlace> Find(params ReadOnlySpan<string> chains) => Find(Everywhere, chains);

    /// <summary>Whether a chain exists in one place.</summary>
    internal static bool Has(ChainPlace place, string chain) => Find([place], chain).Count > 0;

    /// <summary>Where there is any container's chain.</summary>
    /// <param name="places">Where to look.</param>
    internal static IReadOnlyList<ChainPlace> FindContainers(IReadOnlyList<ChainPlace> places)
    {
        List<ChainPlace> found = [];
        foreach (ChainPlace place in Find(places, ChainNames.Dnat))
        {
            // The chain that all share stays behind, empty.
            if (place.Flavour == Flavour.Nft
                ? HasRules(place.Family)
                : LegacyIptables.NatTableMentions(place.Family, "CNI-DN-"))
            {
                found.Add(place);
            }
        }

        return found;
    }

    private static List<ChainPlace> Find(IReadOnlyList<ChainPlace> places, params ReadOnlySpan<string> chains)
    {
        List<ChainPlace> found = [];
        FindNft(places, chains, found);
        foreach (ChainPlace place in places)
        {
            if (place.Flavour == Flavour.Legacy && HasLegacy(place.Family, chains))
            {
                found.Add(place);
            }
        }

        return found;
    }

    private static bool HasRules(AddressFamily family)
    {
        using NfTablesConnection connection = NfTablesConnection.Open();
        return connection.Rules(NftNatTable.KernelFamily(family), NftNatTable.Table, ChainNames.Dnat).Count > 0;
    }

    private static void FindNft(IReadOnlyList<ChainPlace> places, ReadOnlySpan<string> chains, List<ChainPlace> found)
    {
        Query query = new();
        List<ChainPlace> asked = [];
        List<Answer<Chain>> answers = [];
        foreach (ChainPlace place in places)
        {
            foreach (string chain in place.Flavour == Flavour.Nft ? chains : [])
            {
                asked.Add(place);
                answers.Add(query.Chain(new Chain(NftNatTable.KernelFamily(place.Family), NftNatTable.Table, chain)));
            }
        }

        if (asked.Count == 0)
        {
            return;
        }

        try
        {
            using NfTablesConnection connection = NfTablesConnection.Open();
            connection.Ask(query);
        }
        catch (NetlinkErrorException e) when (NfTablesSupport.IsMissing(e))
        {
            return;
        }

        for (int i = 0; i < asked.Count; i++)
        {
            if (answers[i].Value is not null && !found.Contains(asked[i]))
            {
                found.Add(asked[i]);
            }
        }
    }

    // The name stands in the chain's first entry, and in nothing else: a jump is an offset.
    private static bool HasLegacy(AddressFamily family, ReadOnlySpan<string> chains)
    {
        if (!LegacyIptables.HasNatTable(family))
        {
            return false;
        }

        string[] names = [.. chains];
        for (int i = 0; i < names.Length; i++)
        {
            names[i] += "\0";
        }

        return LegacyIptables.NatTableMentions(family, names);
    }
}
