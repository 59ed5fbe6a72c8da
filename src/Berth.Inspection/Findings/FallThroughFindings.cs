using System.Net;
using Berth.Netlink.Route;

namespace Berth.Inspection;

/// <summary>
/// Services whose traffic a host port would take. A Service that has lost its endpoints has no rule in NAT any more: what
/// was for it falls through to whoever comes after, and the refusal of kube-proxy in the filter tables sees a packet that
/// is rewritten already. The same happens where rules change their order. A packet that is asked as if the Service rewrote
/// nothing tells who that is.
/// </summary>
internal static class FallThroughFindings
{
    internal static IEnumerable<Finding> Find(FindingInput input)
    {
        LocalAddresses local = new(input.Snapshot);
        List<Listener> hostPorts = [.. input.Listeners.Where(static listener => listener.Kind == ListenerKind.HostPort)];
        foreach (Listener service in input.Listeners)
        {
            // Virtual services of IPVS stay when their servers go: HijackFindings speak of them.
            if (!IsOfService(service.Kind) || service.Source == "kube-proxy ipvs" || service.Ports is not { } ports || ports.First != ports.Last
                || !hostPorts.Exists(hostPort => MayTake(hostPort, service, ports)) || IsWithinAnother(input.Listeners, service))
            {
                continue;
            }

            IReadOnlyList<IPAddress> addresses = service.IsAnyAddress ? input.Probe.AddressesOf(service.Address.AddressFamily)
                : local.Within(NetworkOf(service)) is IPAddress own ? [own]
                : [];
            if (TakerOf(input.Probe, service, ports.First, addresses) is { } taker)
            {
                yield return new Finding(
                    "service-could-be-hijacked", FindingSeverity.Warning,
                    $"{service.Label} on {ListenerFindings.Place(service)} goes to {taker.Rewriter!.Name} when it has no endpoints left",
                    [
                        $"made by {service.Source}, whose rule for the Service goes with its last endpoint",
                        $"behind it is the hostPort of {taker.Rewriter.Identity.Source}: without the Service a packet to {taker.Destination} is {Outcome(taker.End)}",
                    ],
                    "Give one of them another port, or the hostPort a hostIP at which the Service does not answer.");
            }
        }
    }

    // kube-proxy has a rule for 127.0.0.0/8 before the one for every address.
    private static bool IsWithinAnother(IReadOnlyList<Listener> listeners, Listener service) =>
        service.PrefixLength is not null && listeners.Any(other => other.IsAnyAddress && other.Kind == service.Kind
            && other.Label == service.Label && other.Protocol == service.Protocol && other.Ports == service.Ports
            && (other.IsBothFamilies || other.Address.AddressFamily == service.Address.AddressFamily));

    private static IPNetwork NetworkOf(Listener service) =>
        new(service.Address, service.PrefixLength ?? service.Address.GetAddressBytes().Length * 8);

    private static string Outcome(WalkEnd end) =>
        end.Outcome == WalkOutcome.Delivered ? $"delivered: {end.Text}" : end.Text;

    private static bool IsOfService(ListenerKind kind) =>
        kind is ListenerKind.NodePort or ListenerKind.ExternalIP or ListenerKind.LoadBalancer or ListenerKind.ClusterIP;

    private static bool MayTake(Listener hostPort, Listener service, PortInterval ports) =>
        (hostPort.Protocol == service.Protocol || hostPort.Protocol == 0)
        && (hostPort.IsBothFamilies || service.IsBothFamilies || hostPort.Address.AddressFamily == service.Address.AddressFamily)
        && (hostPort.Ports is not { } own || (own.First <= ports.First && ports.Last <= own.Last));

    private static (string Destination, Rewriter? Rewriter, WalkEnd End)? TakerOf(
        PacketProbe probe, Listener service, ushort port, IReadOnlyList<IPAddress> addresses)
    {
        foreach (IPAddress address in addresses)
        {
            foreach (WalkOrigin origin in (ReadOnlySpan<WalkOrigin>)[WalkOrigin.Outside, WalkOrigin.Node])
            {
                WalkBranch? way = probe.AskWithout(service.Protocol, address, port, origin, static rewriter => IsOfService(rewriter.Identity.Kind))
                    ?.FirstOrDefault(static way => way.Rewriter?.Identity.Kind == ListenerKind.HostPort);
                if (way is not null)
                {
                    string from = origin == WalkOrigin.Node ? " from the node itself" : "";
                    return (EndpointText.Of(address, port) + from, way.Rewriter, way.End!);
                }
            }
        }

        return null;
    }
}
