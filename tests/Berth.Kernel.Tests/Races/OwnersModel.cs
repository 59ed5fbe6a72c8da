namespace Berth.Kernel.Tests.Races;

/// <summary>A key of the port maps: what a packet is looked up by.</summary>
internal readonly record struct PortKey(string Host, string Protocol, int Port);

/// <summary>One call of the plugin that may change whose a port is.</summary>
/// <param name="Verb">ADD, DEL or GC.</param>
/// <param name="Pod">Whose; of GC nobody's.</param>
/// <param name="Ports">ADD's keys, and the pod's ports that they lead to.</param>
/// <param name="Alive">GC's pods.</param>
internal sealed record OwnerChange(
    string Verb, int Pod, IReadOnlyDictionary<PortKey, int> Ports, IReadOnlySet<int> Alive);

/// <summary>Whose each port is, of one family: of each the owners, the newest last.</summary>
internal sealed class OwnersModel
{
    private readonly Dictionary<PortKey, List<(int Pod, int Target)>> _ports = [];

    /// <summary>Who has each port, as <c>key target pod</c>, in order.</summary>
    internal List<string> Owners => [.. _ports.Where(static port => port.Value.Count > 0)
        .Select(static port => Text(port.Key, port.Value[^1].Target, port.Value[^1].Pod)).Order(StringComparer.Ordinal)];

    internal static string Text(PortKey key, int target, int pod) => $"{key.Host}/{key.Protocol}/{key.Port}:{target} c{pod}";

    /// <summary>Somebody deleted the table.</summary>
    internal void Forget() => _ports.Clear();

    internal void Apply(OwnerChange change)
    {
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
