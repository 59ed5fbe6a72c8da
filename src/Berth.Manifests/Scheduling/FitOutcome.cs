namespace Berth.Manifests;

/// <summary>What becomes of a pod.</summary>
public enum FitOutcome
{
    /// <summary>It was there before: a cluster says that it is bound to its node.</summary>
    Bound,

    /// <summary>The scheduler finds a node for it, or nodeName gives it one that takes it.</summary>
    Scheduled,

    /// <summary>The scheduler finds no node: it stays Pending.</summary>
    Pending,

    /// <summary>nodeName bypasses the scheduler, and the kubelet of that node rejects the pod: it ends as Failed.</summary>
    Rejected,

    /// <summary>The API server refuses it, or the object that would make it: there is no such pod.</summary>
    Refused,
}
