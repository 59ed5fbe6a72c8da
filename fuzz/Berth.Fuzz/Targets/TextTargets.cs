using System.Net.Sockets;
using System.Text;
using Berth.HostPorts.Iptables;
using Berth.HostPorts.Nftables;
using Berth.Inspection;

namespace Berth.Fuzz;

/// <summary>The text that iptables-save prints, for the plugin and for the inspection of a node.</summary>
internal static class TextTargets
{
    internal static IEnumerable<FuzzTarget> All()
    {
        yield return new FuzzTarget("iptables-save", InputShape.Lines, ["iptables-save"], [], Saved)
        {
            Words =
            [
                "*nat", "*filter", "COMMIT", "-A", "-p", "tcp", "udp", "sctp", "-m", "multiport", "comment", "--comment", "addrtype",
                "--dst-type", "LOCAL", "--dport", "--dports", "80", "80,81", "80:90", "-j", "-g", "DNAT", "REDIRECT", "MARK", "RETURN",
                "--to-destination", "10.0.0.1:80", "[fd00::1]:80", "--to-ports", "CNI-HOSTPORT-DNAT", "CNI-DN-x", "-s", "-d", "10.0.0.0/8",
                "statistic", "--mode", "random", "--probability", "0.5", "\"dnat name: \\\"n\\\" id: \\\"c\\\"\"",
            ],
        };
    }

    private static void Saved(byte[] bytes)
    {
        NatTable table = NatTable.Parse(Encoding.UTF8.GetString(bytes));
        foreach ((string chain, List<SavedRule> rules) in table.Chains)
        {
            foreach (MappingElement mapping in SavedMappings.Of(table, chain))
            {
                if (mapping.HostPorts.First > mapping.HostPorts.Last)
                {
                    throw new ContractException($"a mapping of no port: {mapping}");
                }
            }

            foreach (SavedRule rule in rules)
            {
                if (!rule.Says(rule.Arguments))
                {
                    throw new ContractException($"a rule does not say what it says: {rule.Text}");
                }

                _ = rule.Jump;
                _ = SavedRuleReader.Read(AddressFamily.InterNetwork, rule);
                _ = SavedRuleReader.Read(AddressFamily.InterNetworkV6, rule);
            }
        }
    }
}
