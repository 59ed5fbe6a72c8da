namespace Berth.Manifests;

/// <summary>A port of the node that the pods of a workload claim.</summary>
/// <param name="Workload">The workload.</param>
/// <param name="Claim">What it claims.</param>
internal readonly record struct WorkloadClaim(Workload Workload, HostPortClaim Claim)
{
    /// <summary>Whether the pod is in the node's network, so that the port is a socket there and not NAT.</summary>
    public bool IsSocket => Workload.Template.Spec.IsHostNetwork;

    /// <summary>What it is called in messages: <c>hostPort TCP 80</c>, <c>hostNetwork port TCP 80</c>.</summary>
    public string Title => $"{(IsSocket ? "hostNetwork port" : "hostPort")} {Claim}";
}
