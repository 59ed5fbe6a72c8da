using System.Globalization;
using Berth.Netlink.Route;

namespace Berth.Inspection;

/// <summary>Host ports in ranges from which others take ports of their own choice.</summary>
internal static class PortRangeFindings
{
    private static readonly PortInterval NodePorts = new(30000, 32767); // kube-apiserver's default

    internal static IEnumerable<Finding> Find(FindingInput input)
    {
        bool hasServices = input.Listeners.Any(static listener => listener.Kind is ListenerKind.NodePort or ListenerKind.ClusterIP);
        PortInterval? ephemeral = Parse(input.Snapshot.Sysctls.Value?.GetValueOrDefault("net.ipv4.ip_local_port_range"));
        foreach (Listener listener in input.Listeners)
        {
            if (listener.Kind != ListenerKind.HostPort || listener.Ports is not { } ports)
            {
                continue;
            }

            string place = ListenerFindings.Place(listener);
            if (hasServices && Overlap(ports, NodePorts))
            {
                yield return new Finding(
                    "host-port-in-node-port-range", FindingSeverity.Warning,
                    $"the hostPort {place} of {listener.Owner.Name} lies in the range from which Services get their NodePorts",
                    ["service-node-port-range is 30000-32767 by default"],
                    "Take a port below 30000: a Service that gets this one takes its traffic.");
            }

            if (ephemeral is not null && Overlap(ports, ephemeral) && !IsReserved(input.Snapshot, ports))
            {
                yield return new Finding(
                    "host-port-in-ephemeral-range", FindingSeverity.Warning,
                    $"the hostPort {place} of {listener.Owner.Name} lies in the range of the node's own outgoing connections",
                    [$"net.ipv4.ip_local_port_range = {ephemeral.First} {ephemeral.Last}"],
                    $"Take a port below {ephemeral.First}, or put it into net.ipv4.ip_local_reserved_ports.");
            }
        }
    }

    private static bool Overlap(PortInterval one, PortInterval other) => one.First <= other.Last && other.First <= one.Last;

    private static PortInterval? Parse(string? range) =>
        range?.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var first, var last]
        && ushort.TryParse(first, CultureInfo.InvariantCulture, out ushort from)
        && ushort.TryParse(last, CultureInfo.InvariantCulture, out ushort to)
            ? new PortInterval(from, to)
            : null;

    // "8080,9000-9010"
    private static bool IsReserved(NodeSnapshot snapshot, PortInterval ports)
    {
        string list = snapshot.Sysctls.Value?.GetValueOrDefault("net.ipv4.ip_local_reserved_ports") ?? "";
        return list.Split(',', StringSplitOptions.RemoveEmptyEntries).Any(item =>
            item.Split('-') is [var first, ..] ends
            && ushort.TryParse(first, CultureInfo.InvariantCulture, out ushort from)
            && ushort.TryParse(ends[^1], CultureInfo.InvariantCulture, out ushort to)
            && from <= ports.First && ports.Last <= to);
    }
}
