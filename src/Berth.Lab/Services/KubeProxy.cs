namespace Berth.Lab;

/// <summary>kube-proxy on one node, in one of its modes: it keeps what serves the Services as they are now.</summary>
internal abstract class KubeProxy
{
    /// <summary>The bit that means: hide the source address (kube-proxy's default).</summary>
    protected const string MasqueradeMark = "0x4000";

    /// <summary>Makes it for a node; null when the mode is none.</summary>
    public static KubeProxy? Create(KubeProxyEntry entry, NetworkEntry network, NodeMachine node, Programs programs)
    {
        string restore = entry.IsLegacy ? "iptables-legacy-restore" : "iptables-nft-restore";
        return entry.Mode switch
        {
            KubeProxyMode.Iptables => new KubeProxyIptables(node.Place, restore, network, programs),
            KubeProxyMode.Nftables => new KubeProxyNftables(node, network, programs),
            KubeProxyMode.Ipvs => new KubeProxyIpvs(node, restore, network, programs),
            _ => null,
        };
    }

    /// <summary>Makes what there is to be, of these ports: the first time, and when somebody has flushed it, all of it.</summary>
    /// <exception cref="LabException">A program failed.</exception>
    public abstract void Sync(IReadOnlyList<ServedPort> ports);

    /// <summary>Stops and starts again.</summary>
    /// <exception cref="LabException">A program failed.</exception>
    public abstract void Restart(IReadOnlyList<ServedPort> ports);

    /// <summary>Takes everything away.</summary>
    /// <exception cref="LabException">A program failed.</exception>
    public abstract void Stop();

    /// <summary>Makes the chains that jumps lead to, and puts the jumps in front of what is there, where they are missing.</summary>
    /// <param name="programs">Runs programs.</param>
    /// <param name="place">The node.</param>
    /// <param name="program">That of iptables.</param>
    /// <param name="filter">Jumps of the table filter, the last of which comes first.</param>
    /// <param name="nat">The same of the table nat.</param>
    /// <exception cref="LabException">A program failed.</exception>
    protected static void EnsureJumps(Programs programs, Place place, string program, string[] filter, string[] nat) =>
        programs.Must(place, "sh", ["-e"], Jumps($"{program} -t filter", filter) + Jumps($"{program} -t nat", nat));

    private static string Jumps(string command, string[] jumps)
    {
        IEnumerable<string> chains = jumps.Select(static jump => jump[(jump.LastIndexOf(' ') + 1)..]).Distinct();
        return string.Concat(
        [
            .. chains.Select(chain => $"{command} -N {chain} 2>/dev/null || true\n"),
            .. jumps.Select(jump => $"{command} -C {jump} 2>/dev/null || {command} -I {jump}\n"),
        ]);
    }
}
