namespace Berth.Lab;

/// <summary>kube-proxy's nftables mode: one transaction for each change. A restart makes its table anew, and with it its base
/// chains: of one priority those come first.</summary>
internal sealed class KubeProxyNftables(NodeMachine node, NetworkEntry network, Programs programs) : KubeProxy
{
    // The first line is for a table that is not there.
    private const string Removal = $"add table ip {NftablesLayout.Table}\ndelete table ip {NftablesLayout.Table}\n";

    private readonly HashSet<string> _chains = [];
    private bool _isStarted;

    public override void Sync(IReadOnlyList<ServedPort> ports)
    {
        NftablesLayout layout = new(ports, network, node.Address);
        HashSet<string> wanted = [.. layout.ServiceChains];
        string[] stale = [.. _chains.Where(chain => !wanted.Contains(chain))];

        // As kube-proxy does: when a change fails, because somebody has flushed its table for instance, all of it is made anew.
        if (!_isStarted || programs.Run(node.Place, "nft", ["-f", "-"], layout.ToText(stale, isFirst: false)).ExitCode != 0)
        {
            programs.Must(node.Place, "nft", ["-f", "-"], Removal + layout.ToText([], isFirst: true));
        }

        _chains.Clear();
        _chains.UnionWith(wanted);
        _isStarted = true;
    }

    public override void Restart(IReadOnlyList<ServedPort> ports)
    {
        _isStarted = false;
        Sync(ports);
    }

    public override void Stop()
    {
        programs.Must(node.Place, "nft", ["-f", "-"], Removal);
        _chains.Clear();
        _isStarted = false;
    }
}
