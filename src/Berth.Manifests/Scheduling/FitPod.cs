namespace Berth.Manifests;

/// <summary>One pod, and where it lands.</summary>
/// <param name="Name">Its name; of pods that a controller would make, one made up of the controller's and a number.</param>
/// <param name="Owner">The object that it comes of; the Pod itself when it is one.</param>
/// <param name="Claims">The ports of the node that it claims.</param>
public sealed record FitPod(string Name, Workload Owner, IReadOnlyList<HostPortClaim> Claims)
{
    /// <summary>Its namespace.</summary>
    public string Namespace => Owner.Metadata.Namespace;

    /// <summary>What becomes of it.</summary>
    public FitOutcome Outcome { get; init; }

    /// <summary>The node that it runs on, or that rejects it; null while it is Pending.</summary>
    public string? Node { get; init; }

    /// <summary>The predicate of the kubelet that rejects it, which is the reason that a cluster shows: <c>NodePorts</c>,
    /// <c>NodeAffinity</c> or <c>TaintToleration</c>; null of all others.</summary>
    public string? Reason { get; init; }

    /// <summary>What the scheduler, the kubelet or the API server says when it does not run.</summary>
    public string? Message { get; init; }

    /// <summary>What keeps it away: which port, on which node, held by whom.</summary>
    public IReadOnlyList<HeldPort> HeldPorts { get; init; } = [];

    /// <summary>Whether it runs.</summary>
    public bool Fits => Outcome is FitOutcome.Bound or FitOutcome.Scheduled;

    /// <summary>Namespace and name.</summary>
    public override string ToString() => $"{Namespace}/{Name}";
}
