using Berth.Kernel.Tests.Topology;
using Berth.NfTables;

namespace Berth.Kernel.Tests.Hostile;

/// <summary>All that a call of the plugin may change on a node, as the kernel and the tools of others tell it.</summary>
internal static class NodeState
{
    // iptables-legacy-save without a table's name makes none: it prints those that there are.
    private const string Tell = """
        nft list ruleset
        for i in iptables-nft iptables-legacy ip6tables-nft ip6tables-legacy; do echo "$i:"; $i-save 2>&1 | grep -v '^#'; done
        grep -H . /proc/sys/net/ipv4/conf/*/route_localnet
        """;

    /// <summary>The ruleset and how many changes it has seen, the tables of both kinds of iptables, and <c>route_localnet</c> of
    /// each link.</summary>
    internal static string Of(Host node)
    {
        using NfTablesConnection connection = node.Namespace.Run(NfTablesConnection.Open);
        return $"generation {connection.Generation().Id}\n{Command.Run(node.NetnsPath, "sh", ["-c", Tell]).Succeeded("what a node holds")}";
    }
}
