using System.Net;
using System.Net.Sockets;
using Berth.Cni;

namespace Berth.HostPorts.Configuration;

/// <summary>Which addresses a host port can be limited to: those at which traffic for another host can arrive.</summary>
internal static class HostAddressRule
{
    public const string Allowed = "an IPv4 or IPv6 address of the node, 0.0.0.0, ::, or nothing for any";

    /// <summary>Reads a hostIP that is not empty.</summary>
    /// <returns>Null, or why it cannot be a host port's address.</returns>
    public static string? TryRead(string text, out IPAddress? address)
    {
        address = null;
        if (text.Contains('%', StringComparison.Ordinal))
        {
            return "an address with a zone";
        }

        if (!CniAddress.TryParse(text, out IPAddress? parsed))
        {
            return "not an IP address";
        }

        if (parsed.IsIPv4MappedToIPv6)
        {
            parsed = parsed.MapToIPv4();
        }

        string? refusal = parsed.AddressFamily == AddressFamily.InterNetwork ? RefuseV4(parsed) : RefuseV6(parsed);
        address = refusal is null ? parsed : null;
        return refusal;
    }

    private static string? RefuseV4(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[4];
        address.TryWriteBytes(bytes, out _);
        return address.Equals(IPAddress.Broadcast) ? "the broadcast address, which no connection is made to"
            : bytes[0] is >= 224 and < 240 ? "a multicast address, which no connection is made to"
            : null;
    }

    private static string? RefuseV6(IPAddress address) =>
        address.Equals(IPAddress.IPv6Loopback)
            ? "the IPv6 loopback address, which the kernel never routes to a pod (there is no route_localnet for IPv6)"
        : address.IsIPv6LinkLocal ? "a link-local address, which names no host without its link"
        : address.IsIPv6Multicast ? "a multicast address, which no connection is made to"
        : null;
}
