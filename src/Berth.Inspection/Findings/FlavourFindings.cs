using Berth.NfTables;

namespace Berth.Inspection;

/// <summary>Both flavours of iptables in use, of which each shows only its own rules.</summary>
internal static class FlavourFindings
{
    internal static IEnumerable<Finding> Find(FindingInput input)
    {
        foreach (LegacyTables legacy in input.Snapshot.LegacyIptables.Value ?? [])
        {
            int old = legacy.Save.Split('\n').Count(static line => line.StartsWith("-A ", StringComparison.Ordinal));
            NfFamily family = legacy.IsIPv6 ? NfFamily.Ip6 : NfFamily.Ip;
            List<RulesetTable> tables = [.. (input.Snapshot.NfTables.Value?.Tables ?? []).Where(table => table.Family == family
                && table.Name is "filter" or "nat" or "mangle" or "raw" or "security" && table.Chains.Any(static chain => chain.Rules.Count > 0))];
            if (old > 0 && tables.Count > 0)
            {
                string name = legacy.IsIPv6 ? "ip6tables" : "iptables";
                yield return new Finding(
                    "iptables-flavours-mixed", FindingSeverity.Warning,
                    $"{name}-legacy and {name}-nft are both in use: each lists only its own rules, and both are in force",
                    [
                        $"{old} rules of {name}-legacy in {string.Join(", ", legacy.Tables)}",
                        $"{tables.Sum(static table => table.Chains.Sum(static chain => chain.Rules.Count))} rules of {name}-nft in {string.Join(", ", tables.Select(static table => table.Name))}",
                    ],
                    "Let all software on the node use one of them, and flush the other after it.");
            }
        }
    }
}
