namespace Berth.Inspection;

/// <summary>Everything that answers on a node.</summary>
public static class NodeListeners
{
    /// <summary>Finds it in a snapshot.</summary>
    /// <param name="snapshot">The node.</param>
    /// <param name="options">What is wanted.</param>
    /// <returns>Sorted by port, protocol, address and kind.</returns>
    public static IReadOnlyList<Listener> Find(NodeSnapshot snapshot, ListenerOptions options) =>
        Find(snapshot, options, new PacketProbe(snapshot));

    internal static IReadOnlyList<Listener> Find(NodeSnapshot snapshot, ListenerOptions options, PacketProbe probe)
    {
        PodDirectory pods = new(snapshot);
        ServiceDirectory names = new(snapshot, options.Services);
        IReadOnlyList<NatListeners.Entry> nat =
        [
            .. NatListeners.Of(snapshot, pods, options.WithClusterAddresses)
                .Select(entry => entry with { Listener = names.Named(entry.Listener) }),
        ];
        Precedence precedence = new(snapshot, nat, IpvsListeners.Of(snapshot, names, withClusterAddresses: true), probe);
        List<Listener> listeners = [];
        foreach (NatListeners.Entry entry in nat)
        {
            listeners.Add(entry.Listener.State.Condition == ListenerCondition.Ok
                ? entry.Listener with { State = precedence.StateOf(entry) }
                : entry.Listener);
        }

        foreach (Listener service in IpvsListeners.Of(snapshot, names, options.WithClusterAddresses))
        {
            listeners.Add(service with { State = precedence.StateOf(service) });
        }

        foreach (Listener socket in SocketListeners.Of(snapshot, pods))
        {
            ListenerState state = precedence.StateOf(socket);
            listeners.Add(socket with
            {
                State = state.Condition == ListenerCondition.Ok && IsUndeclared(socket, options.Pods)
                    ? new ListenerState(ListenerCondition.Undeclared)
                    : state,
            });
        }

        listeners.Sort(Compare);
        return listeners;
    }

    // Only of a pod whose spec is known can be said what it does not declare.
    private static bool IsUndeclared(Listener socket, IReadOnlyList<DeclaredPorts>? pods) =>
        pods is not null && socket.Owner.Pod is string pod && socket.Ports is { } ports
        && pods.FirstOrDefault(declared => declared.Pod == pod) is DeclaredPorts spec
        && !spec.Ports.Contains((socket.Protocol, ports.First));

    private static int Compare(Listener one, Listener other)
    {
        int order = (one.Ports?.First ?? 0).CompareTo(other.Ports?.First ?? 0);
        order = order != 0 ? order : one.Protocol.CompareTo(other.Protocol);
        order = order != 0 ? order : one.Address.GetAddressBytes().AsSpan().SequenceCompareTo(other.Address.GetAddressBytes());
        order = order != 0 ? order : one.Kind.CompareTo(other.Kind);
        return order != 0 ? order : string.CompareOrdinal(one.Owner.Name, other.Owner.Name);
    }
}

/// <summary>What is wanted of a node's listeners.</summary>
public sealed record ListenerOptions
{
    /// <summary>Whether Services' addresses within the cluster are listed: they answer, though not on the node.</summary>
    public bool WithClusterAddresses { get; init; }

    /// <summary>What pods declare; null when that is not known.</summary>
    public IReadOnlyList<DeclaredPorts>? Pods { get; init; }

    /// <summary>What Services' manifests say, which names those of IPVS; null when that is not known.</summary>
    public IReadOnlyList<DeclaredServicePort>? Services { get; init; }
}
