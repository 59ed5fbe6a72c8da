using System.Net.Sockets;
using Berth.Netlink;
using Berth.NfTables;

namespace Berth.HostPorts.Iptables;

/// <summary>
/// Looks in the kernel itself for chains of iptables, of both flavours and families: no program is run to find nothing.
/// </summary>
internal static class ChainSearch
{
    private static readonly AddressFamily[] Families = [AddressFamily.InterNetwork, AddressFamily.InterNetworkV6];

    /// <summary>Where any of these chains exists in the nat table.</summary>
    internal static IReadOnlyList<ChainPlace> Find(params ReadOnlySpan<string> chains)
    {
        List<ChainPlace> found = [];
        FindNft(chains, found);
        foreach (AddressFamily family in Families)
        {
            if (HasLegacy(family, chains))
            {
                found.Add(new ChainPlace(Flavour.Legacy, family));
            }
        }

        return found;
    }

    /// <summary>Where there is any container's chain.</summary>
    internal static IReadOnlyList<ChainPlace> FindContainers()
    {
        List<ChainPlace> found = [];
        foreach (ChainPlace place in Find(ChainNames.Dnat))
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

    private static bool HasRules(AddressFamily family)
    {
        using NfTablesConnection connection = NfTablesConnection.Open();
        NfFamily table = family == AddressFamily.InterNetwork ? NfFamily.Ip : NfFamily.Ip6;
        return connection.Rules(table, "nat", ChainNames.Dnat).Count > 0;
    }

    private static void FindNft(ReadOnlySpan<string> chains, List<ChainPlace> found)
    {
        Query query = new();
        List<Answer<Chain>> v4 = [];
        List<Answer<Chain>> v6 = [];
        foreach (string chain in chains)
        {
            v4.Add(query.Chain(new Chain(NfFamily.Ip, "nat", chain)));
            v6.Add(query.Chain(new Chain(NfFamily.Ip6, "nat", chain)));
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

        if (v4.Exists(static answer => answer.Value is not null))
        {
            found.Add(new ChainPlace(Flavour.Nft, AddressFamily.InterNetwork));
        }

        if (v6.Exists(static answer => answer.Value is not null))
        {
            found.Add(new ChainPlace(Flavour.Nft, AddressFamily.InterNetworkV6));
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
