using System.Net.Sockets;
using System.Text;
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
    internal static IReadOnlyList<(Flavour Flavour, AddressFamily Family)> Find(params ReadOnlySpan<string> chains)
    {
        List<(Flavour, AddressFamily)> found = [];
        FindNft(chains, found);
        foreach (AddressFamily family in Families)
        {
            if (HasLegacy(family, chains))
            {
                found.Add((Flavour.Legacy, family));
            }
        }

        return found;
    }

    private static void FindNft(ReadOnlySpan<string> chains, List<(Flavour, AddressFamily)> found)
    {
        Query query = new();
        List<(AddressFamily Family, Answer<Chain> Answer)> answers = [];
        foreach (AddressFamily family in Families)
        {
            foreach (string chain in chains)
            {
                NfFamily table = family == AddressFamily.InterNetwork ? NfFamily.Ip : NfFamily.Ip6;
                answers.Add((family, query.Chain(new Chain(table, "nat", chain))));
            }
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

        foreach ((AddressFamily family, Answer<Chain> answer) in answers)
        {
            if (answer.Value is not null && !found.Contains((Flavour.Nft, family)))
            {
                found.Add((Flavour.Nft, family));
            }
        }
    }

    private static bool HasLegacy(AddressFamily family, ReadOnlySpan<string> chains)
    {
        if (!LegacyIptables.HasNatTable(family))
        {
            return false;
        }

        foreach (string chain in chains)
        {
            // The name stands in the chain's first entry, and in nothing else: a jump is an offset.
            if (LegacyIptables.NatTableMentions(family, Encoding.ASCII.GetBytes(chain + "\0")))
            {
                return true;
            }
        }

        return false;
    }
}
