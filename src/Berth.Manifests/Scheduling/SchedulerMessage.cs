namespace Berth.Manifests;

/// <summary>The words of the scheduler and of the kubelet, which people search the web and their logs for
/// (pkg/scheduler/framework/types.go, FitError, and the plugins; pkg/kubelet/lifecycle/predicate.go). They are those of
/// Kubernetes 1.35. Releases before 1.34.2 name the taint, and 1.34 to 1.36 may say <c>no new claims to deallocate</c>
/// before <c>preemption</c>, of every pod, which later ones leave out again.</summary>
internal static class SchedulerMessage
{
    public const string NoFreePorts = "node(s) didn't have free ports for the requested pod ports";
    public const string NotSelected = "node(s) didn't match Pod's node affinity/selector";
    public const string NotNamed = "node(s) didn't satisfy plugin(s) [NodeAffinity]";
    public const string Unschedulable = "node(s) were unschedulable";
    public const string Untolerated = "node(s) had untolerated taint(s)";

    // The kubelet's words for a taint are others than the scheduler's.
    public const string TaintsAtKubelet = "node(s) had taints that the pod didn't tolerate";

    private const string NoNodes = "no nodes available to schedule pods";
    private const string AffinityConflict = "pod affinity terms conflict";
    private const string NoVictims = "No preemption victims found for incoming pod";
    private const string NotHelpful = "Preemption is not helpful for scheduling";

    /// <summary>What the kubelet says of a pod that it does not run.</summary>
    /// <param name="predicate">What failed, which is also the pod's reason.</param>
    /// <param name="description">What it says of itself.</param>
    public static string RejectedByKubelet(string predicate, string description) =>
        $"Pod was rejected: Predicate {predicate} failed: {description}";

    /// <summary>What the scheduler says of a pod that every node refuses.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="refusals">What each node says.</param>
    public static string Of(PodToPlace pod, IReadOnlyCollection<string> refusals)
    {
        if (refusals.Count == 0)
        {
            return NoNodes;
        }

        string none = $"0/{refusals.Count} nodes are available:";
        if (pod.NamedNodes is { Count: 0 })
        {
            return $"{none} {AffinityConflict}. preemption: {none} {refusals.Count} {NotHelpful}.";
        }

        // Only where ports are taken could the removal of pods help; and none is of lower priority.
        IEnumerable<string> preemption = refusals.Select(static reason => reason == NoFreePorts ? NoVictims : NotHelpful);
        return $"{none} {Histogram(refusals)}. preemption: {none} {Histogram(preemption)}.";
    }

    // Sorted as texts, counts included.
    private static string Histogram(IEnumerable<string> reasons) => string.Join(
        ", ",
        reasons.GroupBy(static reason => reason).Select(static group => $"{group.Count()} {group.Key}").Order(StringComparer.Ordinal));
}
