using Berth.NfTables;

namespace Berth.HostPorts.Nftables;

/// <summary>
/// The table that the reference plugin's nftables backend keeps in one family. Whether there is one is asked together with
/// whatever else a verb asks; its rules are read only when there is.
/// </summary>
internal sealed class ReferenceTable(NfFamily family)
{
    internal const string Name = "cni_hostport";

    /// <summary>Mappings, and in some versions only those without a hostIP.</summary>
    internal const string HostPorts = "hostports";

    /// <summary>Mappings with a hostIP.</summary>
    internal const string HostPortsAt = "hostip_hostports";

    private const string Masquerading = "masquerading";

    private Answer<Table>? _table;

    internal NfFamily Family => family;

    internal Table Table { get; } = new(family, Name);

    internal void Ask(Query query) => _table = query.Table(Table);

    /// <summary>The containers' mappings, in the order in which they are met.</summary>
    internal List<ReferenceRule> Mappings(NfTablesConnection connection) =>
        [.. Read(connection, HostPortsAt), .. Read(connection, HostPorts)];

    /// <summary>The containers' rules that masquerade.</summary>
    internal List<ReferenceRule> MasqueradingRules(NfTablesConnection connection) => Read(connection, Masquerading);

    /// <summary>All rules of containers.</summary>
    internal List<ReferenceRule> All(NfTablesConnection connection) =>
        [.. Mappings(connection), .. MasqueradingRules(connection)];

    private List<ReferenceRule> Read(NfTablesConnection connection, string chain)
    {
        List<ReferenceRule> rules = [];
        foreach (Rule rule in _table?.Value is null ? [] : connection.Rules(Family, Name, chain))
        {
            if (ReferenceRule.Parse(rule) is ReferenceRule container)
            {
                rules.Add(container);
            }
        }

        return rules;
    }
}
