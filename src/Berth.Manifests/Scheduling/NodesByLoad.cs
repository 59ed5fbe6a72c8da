namespace Berth.Manifests;

/// <summary>Nodes, those with the fewest pods first, and among those in the order in which they were given: most pods are taken
/// by the first that is asked, however many nodes there are.</summary>
internal sealed class NodesByLoad
{
    private readonly IReadOnlyList<NodeState> _nodes;
    private readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);
    private readonly SortedSet<(int Pods, int Place)> _order = [];

    public NodesByLoad(IReadOnlyList<NodeState> nodes)
    {
        _nodes = nodes;
        for (int i = 0; i < nodes.Count; i++)
        {
            _places.Add(nodes[i].Name, i);
            _order.Add((nodes[i].Pods, i));
        }
    }

    /// <summary>The first node that takes a pod.</summary>
    public NodeState? First(PodToPlace pod)
    {
        if (pod.NamedNodes is IReadOnlySet<string> named)
        {
            // A DaemonSet's pod: no other node need be asked.
            return named.Select(Find).OfType<NodeState>().Where(node => node.Refuses(pod) is null)
                .MinBy(node => (node.Pods, _places[node.Name]));
        }

        foreach ((_, int place) in _order)
        {
            if (_nodes[place].Refuses(pod) is null)
            {
                return _nodes[place];
            }
        }

        return null;
    }

    /// <summary>The node of a name.</summary>
    public NodeState? Find(string name) => _places.TryGetValue(name, out int place) ? _nodes[place] : null;

    /// <summary>Puts a pod on a node.</summary>
    public void Place(FitPod pod, NodeState node)
    {
        int place = _places[node.Name];
        _order.Remove((node.Pods, place));
        node.Place(pod);
        _order.Add((node.Pods, place));
    }
}
