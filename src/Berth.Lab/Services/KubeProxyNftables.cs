namespace Berth.Lab;

/// <summary>kube-proxy's nftables mode: one transaction for each change. A restart registers its base chains anew, which puts
/// them before others of the same priority.</summary>
internal sealed class KubeProxyNftables(NodeMachine node, NetworkEntry network, Programs programs) : KubeProxy
{
    private readonly HashSet<string> _chains = [];
    private bool _isStarted;

    public override void Sync(IReadOnlyList<ServedPort> ports)
    {
        NftablesLayout layout = new(ports, network, node.Address);
        HashSet<string> wanted = [.. layout.ServiceChains];
        string[] stale = [.. _chains.Where(chain => !wanted.Contains(chain))];
        programs.Must(node.Place, "nft", ["-f", "-"], layout.ToText(stale, isFirst: !_isStarted));
        _chains.Clear();
        _chains.UnionWith(wanted);
        _isStarted = true;
    }

    // Its table is made anew, and with it its base chains: of one priority those come first.
    public override void Restart(IReadOnlyList<ServedPort> ports)
    {
        Stop();
        Sync(ports);
    }

    public override void Stop()
    {
        programs.Must(node.Place, "nft", ["delete", "table", "ip", NftablesLayout.Table]);
        _chains.Clear();
        _isStarted = false;
    }
}
