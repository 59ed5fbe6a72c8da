using System.Net.Sockets;
using Berth.NfTables;

namespace Berth.HostPorts.Nftables;

/// <summary>
/// Whether mappings of the reference plugin are on the node, in any of its three layouts. Looked for in the kernel itself;
/// no program is run.
/// </summary>
internal static class ReferencePlugin
{
    private static readonly Chain[] Chains =
    [
        new(NfFamily.Ip, ReferenceTable.Name, ReferenceTable.HostPorts),
        new(NfFamily.Ip, ReferenceTable.Name, ReferenceTable.HostPortsAt),
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

        return LegacyIptables.HasNatTable(AddressFamily.InterNetwork)
            && LegacyIptables.NatTableMentions(AddressFamily.InterNetwork, "CNI-DN-");
    }
}
