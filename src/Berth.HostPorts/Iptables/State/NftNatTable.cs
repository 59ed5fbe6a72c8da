using System.Net.Sockets;
using Berth.Netlink;
using Berth.NfTables;

namespace Berth.HostPorts.Iptables;

/// <summary>
/// Reads of the nat table of iptables' nft flavour what concerns host ports: from the kernel, chain by chain, without the
/// thousands that Services may have there. iptables-nft-save prints the whole table, which takes seconds then.
/// </summary>
internal static class NftNatTable
{
    internal const string Table = "nat";
    private const int Attempts = 4;

    private static readonly string[] EntryChains = ["PREROUTING", "OUTPUT", "POSTROUTING"];

    private static readonly string[] SharedChains =
        [ChainNames.Dnat, ChainNames.OldSnat, ChainNames.SetMark, ChainNames.Masquerade];

    /// <summary>
    /// Reads it once, of rules that hold what only iptables can say no more than their comment and where they jump to.
    /// </summary>
    internal static NatTable ReadOutline(NfTablesConnection connection, AddressFamily family, IReadOnlyList<string> chains) =>
        ReadOnce(connection, KernelFamily(family), chains, NftRuleArguments.Outline)!;

    /// <summary>The kernel's word for a family.</summary>
    internal static NfFamily KernelFamily(AddressFamily family) => family == AddressFamily.InterNetwork ? NfFamily.Ip : NfFamily.Ip6;

    /// <summary>Reads it as one state.</summary>
    /// <param name="family">IPv4 or IPv6.</param>
    /// <param name="chains">Chains that are looked for too, whether or not a rule leads there.</param>
    /// <returns>
    /// Null when the kernel has no nf_tables, when the table changes again and again, or when a rule of a container holds
    /// what only iptables can say: a condition.
    /// </returns>
    internal static NatTable? Read(AddressFamily family, IReadOnlyList<string> chains)
    {
        NfFamily kernelFamily = KernelFamily(family);
        try
        {
            using NfTablesConnection connection = NfTablesConnection.Open();
            Generation before = connection.Generation();
            for (int attempt = 0; attempt < Attempts; attempt++)
            {
                NatTable? table = ReadOnce(connection, kernelFamily, chains);
                Generation after = connection.Generation();
                if (after.Id == before.Id)
                {
                    return table;
                }

                before = after;
            }

            return null;
        }
        catch (NetlinkErrorException e) when (NfTablesSupport.IsMissing(e))
        {
            return null;
        }
    }

    /// <summary>Reads it once; null when a rule of a container holds what only iptables can say.</summary>
    internal static NatTable? ReadOnce(NfTablesConnection connection, NfFamily family, IReadOnlyList<string> chains) =>
        ReadOnce(connection, family, chains, static _ => null);

    private static NatTable? ReadOnce(
        NfTablesConnection connection, NfFamily family, IReadOnlyList<string> chains, Func<Rule, List<string>?> outline)
    {
        NatTable table = new();
        HashSet<string> seen = [];
        List<string> open = [.. EntryChains, .. SharedChains, .. chains];
        for (int i = 0; i < open.Count; i++)
        {
            string chain = open[i];
            if (!seen.Add(chain) || !Exists(connection, family, chain))
            {
                continue;
            }

            List<SavedRule> rules = table.Chain(chain);
            bool isOurs = Array.IndexOf(SharedChains, chain) >= 0 || ChainNames.IsOfContainer(chain);
            foreach (Rule rule in connection.Rules(family, Table, chain))
            {
                string? target = NftRuleArguments.Jump(rule);
                bool leadsToContainer = target is not null && ChainNames.IsOfContainer(target);
                List<string>? arguments = NftRuleArguments.Read(rule) ?? (isOurs || leadsToContainer ? outline(rule) : null);
                if (arguments is not null)
                {
                    rules.Add(new SavedRule(arguments) { Kernel = rule });
                }
                else if (isOurs || leadsToContainer)
                {
                    return null;
                }

                if (leadsToContainer)
                {
                    open.Add(target!);
                }
            }
        }

        return table;
    }

    private static bool Exists(NfTablesConnection connection, NfFamily family, string chain)
    {
        Query query = new();
        Answer<Chain> answer = query.Chain(new Chain(family, Table, chain));
        connection.Ask(query);
        return answer.Value is not null;
    }
}
