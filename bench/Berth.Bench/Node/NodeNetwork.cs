namespace Berth.Bench.Node;

/// <summary>A node's side of a pod network: a bridge with the route to the pods, and one pod.</summary>
internal static class NodeNetwork
{
    public const string Bridge = "cni0";
    public const string Gateway = "10.1.0.1";
    public const string PodInterface = "eth0";

    // Nodes share one /run (a tmpfs of this run alone), so the name carries the node's process id.
    private static readonly string PodNamespace = $"pod-{Environment.ProcessId}";

    public static string PodNamespacePath { get; } = $"/run/netns/{PodNamespace}";

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
        Ip($"-n {PodNamespace} addr add 10.1.0.2/16 dev {PodInterface}");
        Ip($"-n {PodNamespace} link set {PodInterface} up");
    }

    private static void Ip(string arguments)
    {
        ProgramExit exit = SpawnedProgram.Run("ip", arguments.Split(' '));
        if (exit.Code != 0)
        {
            throw new BenchException($"ip {arguments}: {exit.Output.Trim()}");
        }
    }
}
