namespace Berth.Manifests;

/// <summary>What of a pod's specification bears on ports and on where it may run.</summary>
/// <param name="At">Where it stands.</param>
public sealed record PodSpec(Location At)
{
    /// <summary><c>hostNetwork</c>, when it is given.</summary>
    public Located<bool>? HostNetwork { get; init; }

    /// <summary>Whether the pod is in the node's own network.</summary>
    public bool IsHostNetwork => HostNetwork is { Value: true };

    /// <summary><c>dnsPolicy</c>; without it <c>ClusterFirst</c>.</summary>
    public Located<string>? DnsPolicy { get; init; }

    /// <summary><c>restartPolicy</c>; without it <c>Always</c>.</summary>
    public Located<string>? RestartPolicy { get; init; }

    /// <summary><c>nodeName</c>: the scheduler is bypassed.</summary>
    public Located<string>? NodeName { get; init; }

    /// <summary><c>schedulerName</c>; without it the default scheduler.</summary>
    public Located<string>? SchedulerName { get; init; }

    /// <summary><c>nodeSelector</c>: labels that the node must have.</summary>
    public IReadOnlyDictionary<string, Located<string>> NodeSelector { get; init; } = FieldReader.NoText;

    /// <summary>The terms of <c>affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution</c>, of which one must
    /// hold; null when there is no such affinity.</summary>
    public IReadOnlyList<NodeSelectorTerm>? RequiredNodeAffinity { get; init; }

    /// <summary>Whether <c>affinity.podAntiAffinity</c> requires anything, which keeps pods apart as well.</summary>
    public bool HasRequiredPodAntiAffinity { get; init; }

    /// <summary><c>tolerations</c>.</summary>
    public IReadOnlyList<Toleration> Tolerations { get; init; } = [];

    /// <summary><c>containers</c>.</summary>
    public IReadOnlyList<Container> Containers { get; init; } = [];

    /// <summary><c>initContainers</c>; those that restart always run beside the containers.</summary>
    public IReadOnlyList<Container> InitContainers { get; init; } = [];

    /// <summary>Both, init containers last.</summary>
    public IEnumerable<Container> AllContainers => Containers.Concat(InitContainers);

    /// <summary><c>volumes</c> of type hostPath: the paths of the node that the pod can see.</summary>
    public IReadOnlyList<Located<string>> HostPaths { get; init; } = [];

    /// <summary><c>hostPID</c>, when it is given.</summary>
    public Located<bool>? HostPid { get; init; }
}
