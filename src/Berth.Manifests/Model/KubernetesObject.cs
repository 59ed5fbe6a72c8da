namespace Berth.Manifests;

/// <summary>One object as it was read: a <see cref="Workload"/>, <see cref="Service"/>, <see cref="Node"/> or
/// <see cref="NetworkPolicy"/>.</summary>
/// <param name="Metadata">What all objects have.</param>
public abstract record KubernetesObject(ObjectMetadata Metadata)
{
    /// <summary>Everything that stands there of it; null unless the reader was asked to keep it.</summary>
    internal MapNode? Source { get; init; }

    /// <summary>The object's name in messages: <c>Deployment default/web</c>.</summary>
    public override string ToString() => Metadata.ToString();
}
