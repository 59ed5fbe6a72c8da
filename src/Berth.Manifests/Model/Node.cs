namespace Berth.Manifests;

/// <summary>A node.</summary>
/// <param name="Metadata">Its metadata; the labels are what selectors see.</param>
public sealed record Node(ObjectMetadata Metadata) : KubernetesObject(Metadata)
{
    /// <summary><c>spec.taints</c>.</summary>
    public IReadOnlyList<Taint> Taints { get; init; } = [];

    /// <summary><c>spec.unschedulable</c>: the node is cordoned.</summary>
    public bool IsUnschedulable { get; init; }

    /// <summary><c>status.addresses</c>, of every type.</summary>
    public IReadOnlyList<Located<string>> Addresses { get; init; } = [];

    /// <inheritdoc/>
    public override string ToString() => Metadata.ToString();
}
