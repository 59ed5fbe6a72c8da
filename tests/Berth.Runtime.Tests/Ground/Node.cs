namespace Berth.Runtime.Tests.Ground;

/// <summary>The namespaces that <c>run</c> made, as a node: two addresses of each family on an uplink, and a machine
/// outside at its other end.</summary>
public sealed class Node
{
    internal const string Root = "/run/berth";
    internal const string First = "192.0.2.1";
    internal const string Second = "192.0.2.2";
    internal const string FirstIPv6 = "2001:db8::1";

    /// <summary>The address of the machine outside.</summary>
    internal const string Outsider = "192.0.2.100";

    /// <summary>The IPv6 address of the machine outside.</summary>
    internal const string OutsiderIPv6 = "2001:db8::100";

    internal const string OutsideNetns = "/run/netns/outside";

    public Node()
    {
        if (Environment.GetEnvironmentVariable("BERTH_RUNTIME_ISOLATED") != "1")
        {
            throw new InvalidOperationException(
                "these tests change addresses, rules and cgroups: start them by tests/Berth.Runtime.Tests/run");
        }

        Directory.CreateDirectory(Root);
        Command.Succeed("ip", "netns", "add", "outside");
        foreach (string line in Wiring.Split('\n'))
        {
            Command.Succeed("ip", line.Split(' '));
        }

        File.WriteAllText("/proc/sys/net/ipv4/ip_forward", "1");
        File.WriteAllText("/proc/sys/net/ipv6/conf/all/forwarding", "1");
        CniPlugins.Install();
        Workload.Install();
    }

    private static string Wiring => $"""
        link add uplink type veth peer name eth0 netns outside
        link set uplink up
        address add {First}/24 dev uplink
        address add {Second}/24 dev uplink
        address add {FirstIPv6}/64 dev uplink nodad
        -n outside link set lo up
        -n outside link set eth0 up
        -n outside address add {Outsider}/24 dev eth0
        -n outside address add {OutsiderIPv6}/64 dev eth0 nodad
        -n outside route add default via {First}
        """;
}
