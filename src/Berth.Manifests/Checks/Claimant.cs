namespace Berth.Manifests;

/// <summary>One claim among all of the same protocol and port.</summary>
/// <param name="claim">What is claimed, and by whom.</param>
/// <param name="constraint">What its pods demand of nodes.</param>
/// <param name="place">Its place among the claims, as they were read.</param>
/// <param name="isIgnoring">Whether the object ignores collisions by an annotation.</param>
internal sealed class Claimant(WorkloadClaim claim, NodeConstraint constraint, int place, bool isIgnoring)
{
    public WorkloadClaim Claim { get; } = claim;

    public Workload Workload => Claim.Workload;

    public NodeConstraint Constraint { get; } = constraint;

    public int Place { get; } = place;

    public bool IsIgnoring { get; } = isIgnoring;

    public bool IsDaemon => Workload.Kind == WorkloadKind.DaemonSet;

    /// <summary>Who makes the pods: of two claims of one maker none is in the other's way.</summary>
    public OwnerKey Maker { get; } = OwnerKey.OfMaker(claim.Workload);

    /// <summary>The strongest collision that was reported of it, at itself or at the other object.</summary>
    public CollisionRank Reported { get; set; }
}
