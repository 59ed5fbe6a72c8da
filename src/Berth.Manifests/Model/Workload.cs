namespace Berth.Manifests;

/// <summary>What makes pods: a Pod itself, or one of the controllers.</summary>
/// <param name="Metadata">Its metadata.</param>
/// <param name="Kind">Which one it is.</param>
/// <param name="Template">The pod, or what the pods are made of.</param>
public sealed record Workload(ObjectMetadata Metadata, WorkloadKind Kind, PodTemplate Template) : KubernetesObject(Metadata)
{
    /// <summary><c>spec.replicas</c>, or <c>spec.parallelism</c> of a Job; null when it is not given or means nothing.</summary>
    public Located<int>? Replicas { get; init; }

    /// <summary><c>spec.completions</c> of a Job: how many of its pods are to succeed, one after the other where they are more than may
    /// run at once; null when it is not given.</summary>
    public Located<int>? Completions { get; init; }

    /// <summary>How many pods there are to be at once: 1 where nothing is said, 0 when it is suspended. Of a DaemonSet it is
    /// one for each node, and this number says nothing.</summary>
    public int DesiredPods { get; init; } = 1;

    /// <summary>How pods are replaced by newer ones; null when the kind knows no such thing or nothing is given.</summary>
    public UpdateStrategy? Strategy { get; init; }

    /// <summary>Which pods belong to it; null when it is not given.</summary>
    public LabelSelector? Selector { get; init; }

    /// <summary>What a cluster says of a Pod (<c>status.phase</c>): Pending, Running, Succeeded, Failed; null in a
    /// manifest.</summary>
    public string? Phase { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Metadata.ToString();
}
