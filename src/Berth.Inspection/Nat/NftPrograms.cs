using System.Net.Sockets;
using Berth.NfTables;

namespace Berth.Inspection;

/// <summary>The nat base chains of nf_tables.</summary>
internal static class NftPrograms
{
    internal static IEnumerable<NatProgram> Of(NodeSnapshot snapshot)
    {
        foreach (RulesetTable table in snapshot.NfTables.Value?.Tables ?? [])
        {
            if (table.IsDormant || table.Family is not (NfFamily.Ip or NfFamily.Ip6 or NfFamily.Inet))
            {
                continue;
            }

            Dictionary<string, RulesetChain> chains = new(StringComparer.Ordinal);
            foreach (RulesetChain chain in table.Chains)
            {
                chains[chain.Name] = chain;
            }

            Dictionary<string, RulesetSet> sets = new(StringComparer.Ordinal);
            foreach (RulesetSet set in table.Sets)
            {
                sets[set.Name] = set;
            }

            AddressFamily? family = table.Family switch
            {
                NfFamily.Ip => AddressFamily.InterNetwork,
                NfFamily.Ip6 => AddressFamily.InterNetworkV6,
                _ => null,
            };
            Dictionary<string, List<IReadOnlyList<RuleCase>>> read = new(StringComparer.Ordinal);
            IEnumerable<IReadOnlyList<RuleCase>> Rules(string name)
            {
                if (!read.TryGetValue(name, out List<IReadOnlyList<RuleCase>>? cases))
                {
                    read.Add(name, cases = []);
                    foreach (RulesetRule rule in chains.TryGetValue(name, out RulesetChain? chain) ? chain.Rules : [])
                    {
                        cases.Add(new NftRuleReader(family, sets, rule).Read());
                    }
                }

                return cases;
            }

            foreach (RulesetChain chain in table.Chains)
            {
                if (chain.Hook is { Type: "nat" } hook)
                {
                    yield return new NatProgram(
                        false, $"{table.Family.ToText()} {table.Name}", chain.Name, hook.Hook, hook.Priority, Rules);
                }
            }
        }
    }
}
