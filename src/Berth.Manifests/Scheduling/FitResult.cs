namespace Berth.Manifests;

/// <summary>Where everything lands.</summary>
/// <param name="Nodes">The nodes that there were to land on.</param>
/// <param name="Pods">All pods: first those that were there before, then the others in the order of their manifests.</param>
/// <param name="Rollouts">The rolling updates that would not finish.</param>
public sealed record FitResult(
    IReadOnlyList<Node> Nodes, IReadOnlyList<FitPod> Pods, IReadOnlyList<StuckRollout> Rollouts)
{
    /// <summary>Whether every pod runs, and every rolling update would finish.</summary>
    public bool Fits => Rollouts.Count == 0 && Pods.All(static pod => pod.Fits);
}
