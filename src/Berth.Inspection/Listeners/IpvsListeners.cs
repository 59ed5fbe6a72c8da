using System.Net;
using System.Net.Sockets;
using Berth.Netlink.IpSets;
using Berth.Netlink.Route;

namespace Berth.Inspection;

/// <summary>
/// Virtual services of IPVS as listeners. Nothing in the kernel names their Services, manifests may; what kind of address it
/// is, kube-proxy's ipsets tell, and kube-ipvs0, which carries all addresses but the node's own.
/// </summary>
internal static class IpvsListeners
{
    private const string ServiceLink = "kube-ipvs0";

    internal static IEnumerable<Listener> Of(NodeSnapshot snapshot, ServiceDirectory names, bool withClusterAddresses)
    {
        int? link = snapshot.Links.Value?.FirstOrDefault(static link => link.Name == ServiceLink)?.Index;
        HashSet<IPAddress> services = [.. (snapshot.Addresses.Value ?? [])
            .Where(address => address.LinkIndex == link).Select(static address => address.Address)];
        foreach (IpvsService service in snapshot.Ipvs.Value ?? [])
        {
            if (service.Address is not IPAddress address)
            {
                continue;
            }

            ListenerKind kind = Named(snapshot, service, "KUBE-EXTERNAL-IP") ? ListenerKind.ExternalIP
                : Named(snapshot, service, "KUBE-LOAD-BALANCER") ? ListenerKind.LoadBalancer
                : services.Contains(address) ? ListenerKind.ClusterIP
                : ListenerKind.NodePort;
            Listener listener = names.Named(new Listener
            {
                Kind = kind,
                Protocol = service.Protocol,
                Address = address,
                Ports = service.Port == 0 ? null : new PortInterval(service.Port, service.Port),
                Source = "kube-proxy ipvs",
                Targets = [.. service.Servers.Select(static server => server.Address.AddressFamily == AddressFamily.InterNetworkV6
                    ? $"[{server.Address}]:{server.Port}"
                    : $"{server.Address}:{server.Port}")],
                Owner = new ListenerOwner(),
            });
            if (listener.Kind != ListenerKind.ClusterIP || withClusterAddresses)
            {
                yield return listener;
            }
        }
    }

    // KUBE-EXTERNAL-IP, KUBE-EXTERNAL-IP-LOCAL, KUBE-6-EXTERNAL-IP and so on: address, protocol and port.
    private static bool Named(NodeSnapshot snapshot, IpvsService service, string prefix)
    {
        foreach (IpSet set in snapshot.IpSets.Value ?? [])
        {
            if (set.Name.Replace("KUBE-6-", "KUBE-", StringComparison.Ordinal).StartsWith(prefix, StringComparison.Ordinal)
                && set.Entries.Any(entry => service.Address!.Equals(entry.Address) && entry.Protocol == service.Protocol
                    && entry.Ports is PortInterval ports && service.Port >= ports.First && service.Port <= ports.Last))
            {
                return true;
            }
        }

        return false;
    }
}
