using System.Net.Sockets;
using Berth.NfTables;

namespace Berth.Inspection;

/// <summary>What of a node iptables wrote, in either flavour.</summary>
internal static class IptablesPrograms
{
    /// <summary>The base chains of iptables-legacy, as its -save printed them.</summary>
    internal static IEnumerable<WalkProgram> Legacy(NodeSnapshot snapshot)
    {
        foreach (LegacyTables tables in snapshot.LegacyIptables.Value ?? [])
        {
            AddressFamily family = tables.IsIPv6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork;
            SavedTables saved = SavedTables.Index(family, tables.Save);
            foreach (BaseChain chain in BaseChain.All)
            {
                if (saved.Tables.TryGetValue(chain.Table, out SavedTable? table) && table.HasChain(chain.Name))
                {
                    yield return new LegacyProgram(
                        tables.IsIPv6 ? NfFamily.Ip6 : NfFamily.Ip, chain, table.Policy(chain.Name), table.Rules);
                }
            }
        }
    }

    /// <summary>
    /// A rule of nf_tables that iptables' nft flavour wrote; null when it is nft's own: when it is in a table that is not
    /// iptables', or holds what iptables does not write, and no structure of iptables.
    /// </summary>
    internal static WalkRule? FromNft(NodeSnapshot snapshot, NfFamily family, string table, string chain, RulesetRule rule)
    {
        if (family is not (NfFamily.Ip or NfFamily.Ip6))
        {
            return null;
        }

        bool hasStructure = false;
        foreach (Expression expression in rule.Expressions)
        {
            hasStructure |= expression is UnknownExpression { KindName: "match" or "target" };
        }

        RuleContext context = Context(snapshot, family);
        return hasStructure || (BaseChain.IsTable(family, table) && NftIptablesReader.IsUnderstood(context, rule))
            ? new NftIptablesRule(context, chain, rule)
            : null;
    }

    /// <summary>What one must know to read rules of a node.</summary>
    internal static RuleContext Context(NodeSnapshot snapshot, NfFamily family) => new(
        family == NfFamily.Ip6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork,
        snapshot.Node.IsLittleEndian,
        index => (snapshot.IpSets.Value ?? []).FirstOrDefault(set => set.Index == index)?.Name);
}
