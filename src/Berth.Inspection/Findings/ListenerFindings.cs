using System.Net;
using System.Net.Sockets;

namespace Berth.Inspection;

/// <summary>Listeners that are stale, undeclared, shadowed or in conflict.</summary>
internal static class ListenerFindings
{
    internal static IEnumerable<Finding> Find(FindingInput input)
    {
        foreach (Listener listener in input.Listeners)
        {
            string place = Place(listener);
            switch (listener.State.Condition)
            {
                case ListenerCondition.Stale:
                    yield return new Finding(
                        "stale-host-port", FindingSeverity.Error,
                        $"{place} leads to {string.Join(", ", listener.Targets)} of {listener.Owner.Name}, which is gone",
                        [$"made by {listener.Source}", "the runtime's CNI cache has no sandbox for it that still exists"],
                        "Have the runtime remove it: CNI DEL of that container, or GC of the network.");
                    break;
                case ListenerCondition.Undeclared:
                    yield return new Finding(
                        "undeclared-port", FindingSeverity.Warning,
                        $"{listener.Owner.Pod} listens on {place} in the node's network, and its spec does not declare that port",
                        [$"process {listener.Owner.Process}/{listener.Owner.ProcessId}"],
                        "Declare it as a containerPort, so that the scheduler knows of it, or do not open it.");
                    break;
                case ListenerCondition.Conflicting:
                    yield return new Finding(
                        "nat-tie", FindingSeverity.Error,
                        $"{listener.Label} and {listener.State.By} both claim {place}{From(listener)} at one priority: who came last wins, until one restarts",
                        [$"made by {listener.Source}", "the ruleset does not show the order of base chains of one priority"],
                        "Give one of them another port, or use a plugin whose rules come after those of Services.");
                    break;
                // Of a virtual service HijackFindings speak, which know whose address it is.
                case ListenerCondition.Shadowed when listener.Source != "kube-proxy ipvs" && IsWorthAWord(listener):
                    bool isError = listener.State.Address is null && IsAllOfIt(input.Snapshot, listener.State);
                    yield return new Finding(
                        "shadowed-port", isError ? FindingSeverity.Error : FindingSeverity.Warning,
                        $"{listener.Label} on {place} gets no traffic{From(listener)}: {listener.State.By} comes first"
                            + (listener.State.Address is null ? "" : " there"),
                        [$"made by {listener.Source}"],
                        "Give one of them another port.");
                    break;
                default:
                    break;
            }
        }
    }

    private static string From(Listener listener) => listener.State.Place.Length == 0 ? "" : $" {listener.State.Place}";

    // That a host port of one address comes before another of any address is what people ask for. A runtime's own socket is
    // there for what its rules do not take, and to hold the port.
    private static bool IsWorthAWord(Listener listener) => listener.State switch
    {
        { Other: { Kind: ListenerKind.HostPort } taker } when IsOfRuntime(listener, taker) => false,
        { Address: null } => true,
        { Other: { Kind: ListenerKind.HostPort or ListenerKind.Redirection, IsAnyAddress: false } } => false,
        _ => listener.Kind is ListenerKind.Socket or ListenerKind.HostPort,
    };

    private static bool IsOfRuntime(Listener socket, Listener taker) => (socket.Owner.Process, taker.Source.Split(' ')[0]) switch
    {
        ("docker-proxy", "docker") or ("conmon", "netavark") => true,
        _ => false,
    };

    // In one family it is, when the node has nothing but loopback in the other.
    private static bool IsAllOfIt(NodeSnapshot snapshot, ListenerState state) => state.Family is not AddressFamily family
        || !(snapshot.Addresses.Value ?? []).Any(item => item.Address.AddressFamily != family
            && !IPAddress.IsLoopback(item.Address) && !item.Address.IsIPv6LinkLocal);

    internal static string Place(Listener listener)
    {
        string protocol = listener.Protocol switch { 6 => "tcp", 17 => "udp", 132 => "sctp", byte number => $"protocol {number}" };
        string ports = listener.Ports is not { } range ? "every port"
            : range.First == range.Last ? $"{range.First}"
            : $"{range.First}-{range.Last}";
        string prefix = listener.PrefixLength is int length ? $"/{length}" : "";
        return listener is { IsAnyAddress: true, Interface: string link } ? $"{protocol} %{link}:{ports}"
            : listener.IsAnyAddress ? $"{protocol} {ports}"
            : listener.Address.AddressFamily == AddressFamily.InterNetworkV6 ? $"{protocol} [{listener.Address}{prefix}]:{ports}"
            : $"{protocol} {listener.Address}{prefix}:{ports}";
    }
}
