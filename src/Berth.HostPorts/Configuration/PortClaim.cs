using System.Net;

namespace Berth.HostPorts.Configuration;

/// <summary>
/// Ports of the node that somebody wants or holds. The one rule by which claims are compared that stand in different places:
/// another backend, the other flavour of iptables, the reference plugin's rules. Which of them a packet meets first is nothing
/// that either could choose.
/// </summary>
/// <param name="host">The node's address; null for any.</param>
/// <param name="protocol">The transport protocol's number.</param>
/// <param name="ports">The node's ports.</param>
internal sealed class PortClaim(IPAddress? host, byte protocol, PortBlock ports)
{
    /// <summary>The node's address; null for any.</summary>
    internal IPAddress? Host { get; } = host is null || host.Equals(IPAddress.Any) || host.Equals(IPAddress.IPv6Any) ? null : host;

    internal byte Protocol { get; } = protocol;

    internal PortBlock Ports { get; } = ports;

    /// <summary>What this, which is wanted, would take from what is held.</summary>
    /// <param name="held">What is held. Its conditions do not part the two: they may hold where this one's do.</param>
    /// <param name="isConditional">Whether this is wanted under conditions that what is held is not known to have too.</param>
    internal ClaimOverlap Over(PortClaim held, bool isConditional)
    {
        if (Protocol != held.Protocol || !Ports.Overlaps(held.Ports)
            || (Host is not null && held.Host is not null && !Host.Equals(held.Host)))
        {
            return ClaimOverlap.None;
        }

        return isConditional || (Host is not null && held.Host is null) ? ClaimOverlap.Partial : ClaimOverlap.Covered;
    }
}
