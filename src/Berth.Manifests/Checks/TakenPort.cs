using System.Net;

namespace Berth.Manifests;

/// <summary>A port that something on a node answers at, as a snapshot of the node shows it.</summary>
/// <param name="Protocol">TCP, UDP or SCTP.</param>
/// <param name="Address">The address; all zeros for every address of the node.</param>
/// <param name="First">The port, or the lowest of several.</param>
/// <param name="Last">The highest.</param>
/// <param name="By">What answers, in words: <c>socket sshd/812</c>.</param>
/// <param name="Pod">The pod that it belongs to, as namespace/name; null when it is none's.</param>
public sealed record TakenPort(string Protocol, IPAddress Address, int First, int Last, string By, string? Pod)
{
    /// <summary>The node's name; null when it is not known.</summary>
    public string? Node { get; init; }

    private bool IsAnyAddress => Address.Equals(IPAddress.Any) || Address.Equals(IPAddress.IPv6Any);

    /// <summary>Where it answers: <c>127.0.0.1:631</c>.</summary>
    public string At => $"{new IPEndPoint(Address, First)}{(Last == First ? "" : $"-{Last}")}";

    /// <summary>Whether a claim wants the same.</summary>
    internal bool MeetsClaim(HostPortClaim claim) =>
        Protocol == claim.Protocol && claim.Port >= First && claim.Port <= Last
        && (IsAnyAddress || claim.HostIP == HostPortClaim.AnyAddress
            || (HostAddress.TryParse(claim.HostIP, out IPAddress address) && address.Equals(Address)));

    /// <summary>Whether it is a pod of this workload, which runs there already.</summary>
    internal bool IsOf(Workload workload) =>
        Pod?.Split('/') is [string space, string name] && space == workload.Metadata.Namespace && PodName.IsOf(workload, name, Node);
}
