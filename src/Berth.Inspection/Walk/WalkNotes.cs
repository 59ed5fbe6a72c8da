namespace Berth.Inspection;

/// <summary>What an answer takes for granted besides its rules.</summary>
internal static class WalkNotes
{
    /// <summary>What was chosen, and what may be older than the rest.</summary>
    internal static IReadOnlyList<string> Of(WalkNode node, WalkStart start)
    {
        List<string> notes = [.. start.Chosen];
        if (node.Snapshot.NfTables.Value is { IsConsistent: false })
        {
            notes.Add("the nftables ruleset changed while it was read: parts may be older than others");
        }

        return notes;
    }

    /// <summary>What the ways take for granted of whoever answers.</summary>
    internal static IEnumerable<string> Of(IReadOnlyList<WalkWay> ways) => ways
        .Where(static way => way.Reply is { Arrives: true, OtherSource: not null })
        .Select(static way => $"the process answers from {way.End.Address}, where it was asked (IP_PKTINFO), and not from {way.Reply!.OtherSource}, "
            + "which the kernel takes for a socket on every address")
        .Distinct();

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
        Look(snapshot.Programs, "programs of eBPF");
        Look(snapshot.Ipsec, "policies of IPsec");
        Look(snapshot.Ebtables, "tables of ebtables-legacy");
        Look(snapshot.Sysctls, "the kernel's settings");
        return unread;
    }
}
