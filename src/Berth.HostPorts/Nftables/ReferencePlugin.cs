using Berth.NfTables;

namespace Berth.HostPorts.Nftables;

/// <summary>
/// Whether mappings of the reference plugin are on the node, in any of its three layouts. Looked for in the kernel itself;
/// no program is run.
/// </summary>
internal static class ReferencePlugin
{
    private const string LegacyTables = "/proc/net/ip_tables_names";

    private static readonly Chain[] Chains =
    [
        new(NfFamily.Ip, "cni_hostport", "hostports"),
        new(NfFamily.Ip, "cni_hostport", "hostip_hostports"),
        new(NfFamily.Ip, "nat", "CNI-HOSTPORT-DNAT"),
    ];

    /// <summary>Whether there is one at all, IPv4.</summary>
    internal static bool HasMappings(NfTablesConnection connection)
    {
        Query query = new();
        List<Answer<Chain>> answers = [];
        foreach (Chain chain in Chains)
        {
            answers.Add(query.Chain(chain));
        }

        connection.Ask(query);
        foreach (Answer<Chain> answer in answers)
        {
            if (answer.Value is Chain found && connection.Rules(found.Family, found.Table, found.Name).Count > 0)
            {
                return true;
            }
        }

        return LegacyNat();
    }

    private static bool LegacyNat()
    {
        try
        {
            return Array.IndexOf(File.ReadAllLines(LegacyTables), "nat") >= 0 && LegacyIptables.NatTableMentions("CNI-DN-"u8);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // No such file: the kernel has no legacy iptables.
            return false;
        }
    }
}
