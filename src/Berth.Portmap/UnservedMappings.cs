using System.Net;
using System.Net.Sockets;
using Berth.HostPorts;
using Berth.HostPorts.Configuration;

namespace Berth.Portmap;

/// <summary>
/// Mappings that no address of the pod can serve. The reference passes them over without a word, and so that a pod of
/// one family runs where others have both, this is no error; but whoever wonders where the port is should find it said.
/// </summary>
internal static class UnservedMappings
{
    /// <summary>Warns about each.</summary>
    internal static void Warn(HostPortConfiguration configuration, AttachmentAddresses pod, Action<string> warn)
    {
        foreach (PortMapping mapping in configuration.Mappings)
        {
            if (Missing(mapping.HostIP, pod) is string family)
            {
                warn($"host port {mapping.HostPort} leads nowhere: prevResult gives the pod no {family} address");
            }
        }
    }

    private static string? Missing(IPAddress? hostIP, AttachmentAddresses pod) => hostIP?.AddressFamily switch
    {
        null => pod.V4 is null && pod.V6 is null ? "IPv4 or IPv6" : null,
        AddressFamily.InterNetwork => pod.V4 is null ? "IPv4" : null,
        _ => pod.V6 is null ? "IPv6" : null,
    };
}
