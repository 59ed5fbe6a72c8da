namespace Berth.Inspection;

/// <summary>Counts in an object of nfacct(8) (struct xt_nfacct_match_info), and is met unless that is below its quota.</summary>
internal sealed record AccountingMatch(string Counter) : IptablesMatch
{
    private const int NameLength = 32; // NFACCT_NAME_MAX

    // kube-proxy's, which have no quota.
    private static readonly string[] WithoutQuota =
    [
        "ct_state_invalid_dropped_pkts", "iptables_localhost_nodeports_accepted_packets_total", "localhost_nps_accepted_pkts",
    ];

    internal override string Name => "nfacct";

    internal static AccountingMatch? Parse(RuleOptions options)
    {
        AccountingMatch? match = null;
        while (options.Next())
        {
            if (options.Option != "--nfacct-name")
            {
                return null;
            }

            match = new AccountingMatch(options.Word());
        }

        return match;
    }

    internal static AccountingMatch? Read(ExtensionStructure s) =>
        s.Revision <= 1 && s.Info.Length >= NameLength ? new AccountingMatch(s.Text(0, NameLength)) : null;

    internal override void Print(SavedText text) => text.Word("--nfacct-name").Word(Counter);

    internal override MatchAnswer Evaluate(WalkPacket packet, WalkNode node) => WithoutQuota.Contains(Counter)
        ? MatchAnswer.Yes
        : MatchAnswer.NotKnown($"nfacct: whether '{Counter}' has a quota, and is above it");
}
