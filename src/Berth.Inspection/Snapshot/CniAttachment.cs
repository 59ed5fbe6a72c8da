using System.Net;
using Berth.HostPorts;

namespace Berth.Inspection;

/// <summary>An attachment in the cache of libcni, which a runtime removes when it detaches the container.</summary>
/// <param name="Network">The network's name.</param>
/// <param name="ContainerId">The container.</param>
/// <param name="IfName">The interface inside it.</param>
/// <param name="Sandbox">The path of its network namespace, or null when the cache does not say.</param>
/// <param name="SandboxExists">Whether something is at that path; null when that could not be found out.</param>
/// <param name="Addresses">The addresses that it got.</param>
/// <param name="PodNamespace">The Kubernetes namespace of its pod, or null.</param>
/// <param name="PodName">The name of its pod, or null.</param>
public sealed record CniAttachment(
    string Network,
    string ContainerId,
    string IfName,
    string? Sandbox,
    bool? SandboxExists,
    IReadOnlyList<IPAddress> Addresses,
    string? PodNamespace,
    string? PodName)
{
    /// <summary>How Berth's elements name it.</summary>
    internal string Owner => new AttachmentId(Network, ContainerId, IfName).Owner;
}
