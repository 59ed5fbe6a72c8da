using System.Text;

namespace Berth.Bench.Node;

/// <summary>
/// A node's network: a bridge with the route to the pods, one pod, and a client outside. It tracks connections and masquerades
/// what pods send out, as a node with pods does whatever the plugin.
/// </summary>
internal static class NodeNetwork
{
    public const string Bridge = "cni0";
    public const string Gateway = "10.1.0.1";
    public const string Pod = "10.1.0.2";
    public const string PodInterface = "eth0";

    /// <summary>The node's address towards the client.</summary>
    public const string Address = "192.0.2.1";

    private const string Client = "192.0.2.2";

    private const string Rules =
        """
        table ip node {
          chain forward {
            type filter hook forward priority 0
            ct state invalid drop
          }
          chain postrouting {
            type nat hook postrouting priority 100
            ip saddr 10.1.0.0/16 ip daddr != 10.1.0.0/16 masquerade
          }
        }

        """;

    // Nodes share one /run (a tmpfs of this run alone), so the names carry the node's process id.
    private static readonly string PodNamespace = $"pod-{Environment.ProcessId}";
    private static readonly string ClientNamespace = $"client-{Environment.ProcessId}";

    public static string PodNamespacePath { get; } = $"/run/netns/{PodNamespace}";

    public static string ClientNamespacePath { get; } = $"/run/netns/{ClientNamespace}";

    /// <summary>Builds it in the network namespace of this process.</summary>
    /// <exception cref="BenchException">A step failed.</exception>
    public static void Build()
    {
        Ip("link set lo up");
        Ip($"netns add {PodNamespace}");
        Ip($"link add {Bridge} type bridge");
        Ip($"addr add {Gateway}/16 dev {Bridge}");
        Ip($"link set {Bridge} up");
        Ip($"link add veth0 type veth peer name {PodInterface} netns {PodNamespace}");
        Ip($"link set veth0 master {Bridge} up");
        Ip($"-n {PodNamespace} addr add {Pod}/16 dev {PodInterface}");
        Ip($"-n {PodNamespace} link set {PodInterface} up");
        Ip($"-n {PodNamespace} route add default via {Gateway}");
        Ip($"netns add {ClientNamespace}");
        Ip($"link add uplink type veth peer name eth0 netns {ClientNamespace}");
        Ip($"addr add {Address}/24 dev uplink");
        Ip($"link set uplink up");
        Ip($"-n {ClientNamespace} addr add {Client}/24 dev eth0");
        Ip($"-n {ClientNamespace} link set eth0 up");
        Ip($"-n {ClientNamespace} route add default via {Address}");
        File.WriteAllText("/proc/sys/net/ipv4/ip_forward", "1");
        Require("nft", SpawnedProgram.Run("nft", ["-f", "-"], Encoding.UTF8.GetBytes(Rules)));
    }

    private static void Ip(string arguments) => Require($"ip {arguments}", SpawnedProgram.Run("ip", arguments.Split(' ')));

    private static void Require(string command, ProgramExit exit)
    {
        if (exit.Code != 0)
        {
            throw new BenchException($"{command}: {exit.Output.Trim()}");
        }
    }
}
