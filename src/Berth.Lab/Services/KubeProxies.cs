namespace Berth.Lab;

/// <summary>kube-proxy on every node; on none of them in mode none.</summary>
internal sealed class KubeProxies
{
    private readonly NetworkEntry _network;
    private readonly IReadOnlyList<NodeMachine> _nodes;
    private readonly Programs _programs;
    private readonly Dictionary<NodeMachine, KubeProxy> _proxies = [];

    /// <exception cref="LabException">It does not start.</exception>
    public KubeProxies(LabFile file, IReadOnlyList<NodeMachine> nodes, Programs programs)
    {
        _network = file.Network;
        _nodes = nodes;
        _programs = programs;
        foreach (NodeMachine node in nodes)
        {
            Create(node, file.KubeProxy)?.Sync([]);
        }
    }

    /// <summary>Tells all of them what there is to be served.</summary>
    /// <exception cref="LabException">A program failed.</exception>
    public void Sync(IReadOnlyList<ServedPort> served)
    {
        foreach (KubeProxy proxy in _proxies.Values)
        {
            proxy.Sync(served);
        }
    }

    /// <summary>Stops and starts it, on some nodes or on all, in another mode or in the same.</summary>
    /// <exception cref="LabException">A program failed.</exception>
    public void Restart(RestartKubeProxyStep step, IReadOnlyList<ServedPort> served)
    {
        foreach (NodeMachine node in _nodes.Where(node => step.On.Count == 0 || step.On.Any(place => place.Name == node.Name)))
        {
            KubeProxy? proxy = _proxies.GetValueOrDefault(node);
            if (step.Mode is not KubeProxyEntry mode)
            {
                proxy?.Restart(served);
                continue;
            }

            // The former mode's rules go first, as people are told to see to.
            proxy?.Stop();
            _proxies.Remove(node);
            Create(node, mode)?.Sync(served);
        }
    }

    private KubeProxy? Create(NodeMachine node, KubeProxyEntry mode)
    {
        KubeProxy? proxy = KubeProxy.Create(mode, _network, node, _programs);
        if (proxy is not null)
        {
            _proxies.Add(node, proxy);
        }

        return proxy;
    }
}
