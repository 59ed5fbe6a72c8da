using Berth.NfTables;

namespace Berth.Inspection;

/// <summary>What an answer takes for granted besides its rules.</summary>
internal static class WalkNotes
{
    /// <summary>What is not modelled on this node, and was not looked at.</summary>
    internal static IReadOnlyList<string> Of(WalkNode node, WalkStart start, WalkRuleset ruleset)
    {
        List<string> notes = [.. start.Chosen];
        foreach (Chain chain in ruleset.Nft?.BaseChains() ?? [])
        {
            if (chain.Family is NfFamily.Bridge or NfFamily.Netdev || chain.Hook!.Hook > NfHook.Postrouting)
            {
                notes.Add($"nft {chain.Family.ToText()} {chain.Table} {chain.Name} is not walked: it may drop the packet before or after");
            }
        }

        if (node.Snapshot.NfTables.Value is { IsConsistent: false })
        {
            notes.Add("the nftables ruleset changed while it was read: parts may be older than others");
        }

        return notes;
    }

    /// <summary>Parts that the walk needs and does not have.</summary>
    internal static IReadOnlyList<string> Unread(NodeSnapshot snapshot)
    {
        List<string> unread = [];
        void Look<T>(Part<T> part, string what)
            where T : class
        {
            if (part.Status == PartStatus.Unreadable)
            {
                unread.Add($"{what} ({part.Reason})");
            }
        }

        Look(snapshot.Links, "links");
        Look(snapshot.Addresses, "addresses");
        Look(snapshot.Rules, "policy rules");
        Look(snapshot.Routes, "routes");
        Look(snapshot.NfTables, "the nftables ruleset, and with it that of iptables-nft");
        Look(snapshot.LegacyIptables, "the rules of iptables-legacy");
        Look(snapshot.IpSets, "ipsets");
        Look(snapshot.Ipvs, "virtual services of IPVS");
        Look(snapshot.Sockets, "sockets");
        Look(snapshot.Sysctls, "the kernel's settings");
        return unread;
    }
}
