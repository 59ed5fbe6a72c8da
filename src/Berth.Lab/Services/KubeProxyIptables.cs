namespace Berth.Lab;

/// <summary>kube-proxy's iptables mode: one iptables-restore for each change. What it made stays while it restarts, and so do its jumps
/// where they are.</summary>
internal sealed class KubeProxyIptables(Place place, string restore, NetworkEntry network, Programs programs) : KubeProxy
{
    private readonly HashSet<string> _chains = [];
    private bool _isStarted;

    private string Program => restore[..^"-restore".Length];

    public override void Sync(IReadOnlyList<ServedPort> ports)
    {
        if (!_isStarted)
        {
            // So that NodePorts answer at 127.0.0.1 (--iptables-localhost-nodeports, which is its default).
            place.SetSysctl("net.ipv4.conf.all.route_localnet", "1");
        }
        else if (programs.Run(place, Program, ["-t", "nat", "-S", IptablesLayout.Canary]).ExitCode != 0)
        {
            EnsureJumps();
        }

        IptablesLayout layout = new(ports, network);
        HashSet<string> wanted = [.. layout.ServiceChains];
        string[] stale = [.. _chains.Where(chain => !wanted.Contains(chain))];
        programs.Must(place, restore, ["--noflush"], layout.ToText(stale, withJumps: !_isStarted));
        _chains.Clear();
        _chains.UnionWith(wanted);
        _isStarted = true;
    }

    public override void Restart(IReadOnlyList<ServedPort> ports)
    {
        EnsureJumps();
        Sync(ports);
    }

    public override void Stop()
    {
        // What is to be removed must be there.
        EnsureJumps();
        programs.Must(place, restore, ["--noflush"], IptablesLayout.Removal(_chains));
        _chains.Clear();
        _isStarted = false;
    }

    private void EnsureJumps() => EnsureJumps(programs, place, Program, IptablesLayout.FilterJumps, IptablesLayout.NatJumps);
}
