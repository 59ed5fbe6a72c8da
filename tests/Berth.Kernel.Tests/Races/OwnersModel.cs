namespace Berth.Kernel.Tests.Races;

/// <summary>Whose each port is, of one family: of each the owners, the newest last.</summary>
internal sealed class OwnersModel
{
    private readonly Dictionary<PortKey, List<(int Pod, int Target)>> _ports = [];
    private readonly List<OwnerChange> _additions = [];

    /// <summary>Who has each port, as <c>key target pod</c>, in order.</summary>
    internal List<string> Owners => [.. _ports.Where(static port => port.Value.Count > 0)
        .Select(static port => Text(port.Key, port.Value[^1].Target, port.Value[^1].Pod)).Order(StringComparer.Ordinal)];

    /// <summary>The pods that have a port, or are in line for one.</summary>
    internal IReadOnlySet<int> Attached => _ports.Values.SelectMany(static owners => owners.Select(static owner => owner.Pod)).ToHashSet();

    /// <summary>The last ADD of each pod that is attached, in the order in which they were done: what comes to the same state.</summary>
    internal IReadOnlyList<OwnerChange> Additions => _additions;

    internal static string Text(PortKey key, int target, int pod) => $"{key.Host}/{key.Protocol}/{key.Port}:{target} c{pod}";

    /// <summary>Somebody deleted the table.</summary>
    internal void Forget()
    {
        _ports.Clear();
        _additions.Clear();
    }

    /// <summary>Whether it is done already: of CHECK, whether it is as it should be.</summary>
    internal bool IsDone(OwnerChange change)
    {
        bool isWanted = change.Verb is "ADD" or "CHECK";
        foreach ((PortKey key, List<(int Pod, int Target)> owners) in _ports)
        {
            bool isStale = change.Verb == "GC"
                ? owners.Exists(owner => !change.Alive.Contains(owner.Pod))
                : owners.Exists(owner => owner.Pod == change.Pod) && !(isWanted && change.Ports.ContainsKey(key));
            if (isStale)
            {
                return false;
            }
        }

        return !isWanted || change.Ports.All(port =>
            _ports.TryGetValue(port.Key, out List<(int Pod, int Target)>? owners) && owners.Count > 0 && owners[^1] == (change.Pod, port.Value));
    }

    internal void Apply(OwnerChange change)
    {
        _additions.RemoveAll(added => change.Verb == "GC" ? !change.Alive.Contains(added.Pod) : added.Pod == change.Pod);
        if (change.Ports.Count > 0)
        {
            _additions.Add(change);
        }

        foreach ((PortKey key, List<(int Pod, int Target)> owners) in _ports)
        {
            owners.RemoveAll(owner => change.Verb == "GC"
                ? !change.Alive.Contains(owner.Pod)
                : owner.Pod == change.Pod && !(change.Ports.TryGetValue(key, out int target) && target == owner.Target));
        }

        foreach ((PortKey key, int target) in change.Ports)
        {
            if (!_ports.TryGetValue(key, out List<(int Pod, int Target)>? owners))
            {
                _ports.Add(key, owners = []);
            }

            owners.RemoveAll(owner => owner.Pod == change.Pod);
            owners.Add((change.Pod, target));
        }
    }
}
