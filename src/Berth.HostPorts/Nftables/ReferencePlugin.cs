using Berth.NfTables;

namespace Berth.HostPorts.Nftables;

/// <summary>
/// Whether mappings of the reference plugin are on the node, in any of its three layouts. Looked for in the kernel itself;
/// no program is run.
/// </summary>
internal static class ReferencePlugin
{
    private const string LegacyTables = "/proc/net/ip_tables_names";

    /// <summary>Whether there is one at all, IPv4.</summary>
    internal static bool HasMappings(NfTablesConnection connection) =>
        HasRules(connection, "cni_hostport", "hostports")
        || HasRules(connection, "cni_hostport", "hostip_hostports")
        || HasRules(connection, "nat", "CNI-HOSTPORT-DNAT")
        || LegacyNat();

    private static bool HasRules(NfTablesConnection connection, string table, string chain)
    {
        Query query = new();
        Answer<Chain> found = query.Chain(new Chain(NfFamily.Ip, table, chain));
        connection.Ask(query);
        return found.Value is not null && connection.Rules(NfFamily.Ip, table, chain).Count > 0;
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
