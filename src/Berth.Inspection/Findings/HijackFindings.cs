using System.Net;
using Berth.NfTables;

namespace Berth.Inspection;

/// <summary>
/// Host ports that take what is meant for a Service. In IPVS mode every Service's address is one of the node
/// (kube-ipvs0), nothing claims its traffic in NAT, and IPVS comes after NAT: a rule for "any local address" takes it.
/// </summary>
internal static class HijackFindings
{
    internal static IEnumerable<Finding> Find(FindingInput input)
    {
        LocalAddresses local = new(input.Snapshot);
        PodDirectory pods = new(input.Snapshot);
        HashSet<(string, byte, ushort, IPAddress)> seen = [];
        foreach (IpvsService service in input.Snapshot.Ipvs.Value ?? [])
        {
            if (service.Address is not IPAddress address || !local.Contains(address))
            {
                continue;
            }

            foreach (NatMapping mapping in input.Mappings)
            {
                MappingIdentity identity = MappingIdentity.Of(mapping);
                if (identity.Kind != ListenerKind.HostPort || mapping.IsConditional || !Takes(mapping, service, address)
                    || !IsTaken(input.Probe, service, address))
                {
                    continue;
                }

                string owner = PodDirectory.PodOf(pods.Find(identity)) ?? identity.Owner.Name;
                if (seen.Add((owner, service.Protocol, service.Port, address)))
                {
                    yield return new Finding(
                        "service-hijacked", FindingSeverity.Error,
                        $"the hostPort {service.Port} of {owner} takes the traffic of {NameOf(input, service, address)} at {address}:{service.Port}",
                        [
                            $"rule of {identity.Source} in {mapping.Table} {mapping.Path[0]}, priority {mapping.Priority}, for every local address",
                            $"{address} is an address of this node, and IPVS would send it to {string.Join(", ", service.Servers.Select(static server => $"{server.Address}:{server.Port}"))}",
                        ],
                        "Use a portmap plugin that leaves Services' addresses alone, or give the hostPort a hostIP.");
                }
            }
        }
    }

    private static string NameOf(FindingInput input, IpvsService service, IPAddress address) =>
        input.Services.Find(service.Protocol, address, service.Port) is DeclaredServicePort declared
            ? $"Service {declared.Service}"
            : "the Service";

    // An ACCEPT of kube-proxy's ipset, or of whatever else, may stand before the host port.
    private static bool IsTaken(PacketProbe probe, IpvsService service, IPAddress address) =>
        new[] { WalkOrigin.Outside, WalkOrigin.Node }.Any(origin =>
            probe.Ask(service.Protocol, address, service.Port, origin) is not { } ways || !ways.All(PacketProbe.IsPast));

    private static bool Takes(NatMapping mapping, IpvsService service, IPAddress address)
    {
        Selection selection = mapping.Selection;
        return mapping.Hook is NfHook.Output or NfHook.Prerouting
            && selection.Destination is null
            && (selection.Family ?? address.AddressFamily) == address.AddressFamily
            && (selection.Protocol ?? service.Protocol) == service.Protocol
            && selection.Ports is { } ports && ports.First <= service.Port && service.Port <= ports.Last
            && !mapping.Exclusions.Any(exclusion => exclusion.Destination is IPNetwork network && network.Contains(address)
                && (exclusion.Protocol ?? service.Protocol) == service.Protocol
                && (exclusion.Ports is null || (exclusion.Ports.First <= service.Port && service.Port <= exclusion.Ports.Last)));
    }
}
