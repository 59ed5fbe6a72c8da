using System.Net.Sockets;
using Berth.HostPorts.Iptables;
using Berth.NfTables;

namespace Berth.Inspection;

/// <summary>The nat base chains of iptables-legacy.</summary>
internal static class LegacyPrograms
{
    private const int DestinationNat = -100; // NF_IP_PRI_NAT_DST, in prerouting and output alike

    internal static IEnumerable<NatProgram> Of(NodeSnapshot snapshot)
    {
        foreach (LegacyTables tables in snapshot.LegacyIptables.Value ?? [])
        {
            AddressFamily family = tables.IsIPv6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork;
            NatTable nat = NatTable.Parse(tables.Save);
            IEnumerable<IReadOnlyList<RuleCase>> Rules(string chain) =>
                nat.Rules(chain).Select(rule => SavedRuleReader.Read(family, rule));

            string table = tables.IsIPv6 ? "ip6 nat" : "ip nat";
            yield return new NatProgram(true, table, "PREROUTING", NfHook.Prerouting, DestinationNat, Rules);
            yield return new NatProgram(true, table, "OUTPUT", NfHook.Output, DestinationNat, Rules);
        }
    }
}
