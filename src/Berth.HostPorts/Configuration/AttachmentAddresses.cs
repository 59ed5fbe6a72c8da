using System.Net;
using System.Net.Sockets;
using Berth.Cni;

namespace Berth.HostPorts.Configuration;

/// <summary>The pod's addresses that its host ports lead to.</summary>
/// <param name="V4">Its first IPv4 address, or null.</param>
/// <param name="V6">Its first IPv6 address, or null.</param>
public readonly record struct AttachmentAddresses(IPAddress? V4, IPAddress? V6)
{
    /// <summary>How many bits of the IPv4 address name its network, 0 to 32.</summary>
    public int V4PrefixLength { get; init; }

    /// <summary>How many bits of the IPv6 address name its network, 0 to 128.</summary>
    public int V6PrefixLength { get; init; }

    internal bool Has(AddressFamily family) => (family == AddressFamily.InterNetwork ? V4 : V6) is not null;

    /// <summary>
    /// Picks them from the previous result by the reference's rule: the first of each family whose interface is not
    /// given or not in the list, or is the one named, inside a sandbox.
    /// </summary>
    /// <param name="prevResult">The result of the plugins before.</param>
    /// <param name="ifName">CNI_IFNAME.</param>
    public static AttachmentAddresses From(CniResult prevResult, string ifName)
    {
        ArgumentNullException.ThrowIfNull(prevResult);
        CniIp? v4 = null;
        CniIp? v6 = null;
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

            if (ip.Address.IsIPv4MappedToIPv6)
            {
                const int MappedPrefix = 96;
                v4 ??= ip with
                {
                    Address = ip.Address.MapToIPv4(),
                    PrefixLength = Math.Max(0, ip.PrefixLength - MappedPrefix),
                };
            }
            else if (ip.Address.AddressFamily == AddressFamily.InterNetwork)
            {
                v4 ??= ip;
            }
            else
            {
                v6 ??= ip;
            }
        }

        return new AttachmentAddresses(v4?.Address, v6?.Address)
        {
            V4PrefixLength = v4?.PrefixLength ?? 0,
            V6PrefixLength = v6?.PrefixLength ?? 0,
        };
    }
}
