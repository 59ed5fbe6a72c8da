namespace Berth.Manifests;

/// <summary>The words of the scheduler and of the kubelet, which people search the web and their logs for
/// (pkg/scheduler/framework/types.go, FitError, and the plugins).</summary>
internal static class SchedulerMessage
{
    public const string NoFreePorts = "node(s) didn't have free ports for the requested pod ports";
    public const string NotSelected = "node(s) didn't match Pod's node affinity/selector";
    public const string NotNamed = "node(s) didn't satisfy plugin(s) [NodeAffinity]";
    public const string Unschedulable = "node(s) were unschedulable";
    public const string RejectedByKubelet =
        "Pod was rejected: Predicate NodePorts failed: node(s) didn't have free ports for the requested pod ports";

    private const string NoNodes = "no nodes available to schedule pods";
    private const string AffinityConflict = "pod affinity terms conflict";
    private const string NoVictims = "No preemption victims found for incoming pod";
    private const string NotHelpful = "Preemption is not helpful for scheduling";

    public static string Untolerated(Taint taint) => $"node(s) had untolerated taint {{{taint.Key}: {taint.Value}}}";

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
