using System.Net;
using System.Net.Sockets;
using Berth.Cni;

namespace Berth.HostPorts.Configuration;

/// <summary>The pod's addresses that its host ports lead to.</summary>
/// <param name="V4">Its first IPv4 address, or null.</param>
/// <param name="V6">Its first IPv6 address, or null.</param>
public readonly record struct AttachmentAddresses(IPAddress? V4, IPAddress? V6)
{
    /// <summary>
    /// Picks them from the previous result by the reference's rule: the first of each family whose interface is not
    /// given or not in the list, or is the one named, inside a sandbox.
    /// </summary>
    /// <param name="prevResult">The result of the plugins before.</param>
    /// <param name="ifName">CNI_IFNAME.</param>
    public static AttachmentAddresses From(CniResult prevResult, string ifName)
    {
        ArgumentNullException.ThrowIfNull(prevResult);
        IPAddress? v4 = null;
        IPAddress? v6 = null;
        foreach (CniIp ip in prevResult.Ips)
        {
            if (ip.Interface is int index && index >= 0 && index < prevResult.Interfaces.Count)
            {
                CniInterface at = prevResult.Interfaces[index];
                if (at.Name != ifName || string.IsNullOrEmpty(at.Sandbox))
                {
                    continue;
                }
            }

            IPAddress address = ip.Address.IsIPv4MappedToIPv6 ? ip.Address.MapToIPv4() : ip.Address;
            if (address.AddressFamily == AddressFamily.InterNetwork)
            {
                v4 ??= address;
            }
            else
            {
                v6 ??= address;
            }
        }

        return new AttachmentAddresses(v4, v6);
    }
}
